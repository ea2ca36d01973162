package dev.sluice.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.config.LimitsConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Heads, chunks and trailers of both sides: however the bytes are cut, the same comes out; nothing is thrown but what is said, and
 * no head that is taken holds a line end.
 */
final class HeadsFuzzTest {

    @FuzzTest(maxDuration = "60s")
    void readsTheSameHoweverItIsCut(FuzzedDataProvider input) {
        boolean isRequest = input.consumeBoolean();
        boolean toHead = input.consumeBoolean();
        Delivery delivery = input.pickValue(Delivery.values());
        int size = input.consumeInt(1, 64);
        byte[] bytes = input.consumeRemainingAsBytes();
        String whole = isRequest ? requests(bytes, bytes.length) : new Answer(delivery).read(bytes, bytes.length, toHead);
        String pieces = isRequest ? requests(bytes, size) : new Answer(delivery).read(bytes, size, toHead);
        require(whole.equals(pieces));
    }

    private static String requests(byte[] bytes, int size) {
        EmbeddedChannel channel = new EmbeddedChannel(new RequestDecoder(LimitsConfig.DEFAULT));
        for (int from = 0; from < bytes.length; from += size) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, from, Math.min(size, bytes.length - from)));
        }
        StringBuilder text = new StringBuilder();
        for (HttpObject part = channel.readInbound(); part != null; part = channel.readInbound()) {
            boolean isRefused = part.decoderResult().isFailure();
            if (isRefused) {
                require(part.decoderResult().cause() instanceof MalformedException);
                text.append("refused");
            } else if (part instanceof HttpRequest head) {
                require(hasOneLineEach(head.uri(), head.headers()));
                RequestGuard.check(head);
                text.append(head.method()).append(head.uri()).append(head.headers().entries());
            } else if (part instanceof HttpContent content) {
                text.append(content.content().toString(ISO_8859_1));
            }
            if (!isRefused && part instanceof LastHttpContent end) {
                require(end.trailingHeaders().isEmpty());
                text.append('\n');
            }
            ReferenceCountUtil.release(part);
        }
        channel.finishAndReleaseAll();
        return text.toString();
    }

    private static boolean hasOneLineEach(String target, HttpHeaders fields) {
        StringBuilder all = new StringBuilder(target);
        fields.forEach(field -> all.append(field.getKey()).append(field.getValue()));
        return all.indexOf("\r") < 0 && all.indexOf("\n") < 0 && all.indexOf("\0") < 0;
    }

    private static void require(boolean held) {
        if (!held) {
            throw new IllegalStateException("a decoder told what cannot be");
        }
    }

    private static final class Answer implements AnswerDecoder.Sink {

        private final AnswerDecoder decoder = new AnswerDecoder(UnpooledByteBufAllocator.DEFAULT, this);
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder looked = new StringBuilder();
        private final Delivery delivery;
        private boolean isWhole;

        Answer(Delivery delivery) {
            this.delivery = delivery;
        }

        String read(byte[] bytes, int size, boolean toHead) {
            boolean isRefused = false;
            decoder.expectAnswer(toHead);
            for (int from = 0; from < bytes.length && !isRefused && !isWhole; from += size) {
                ByteBuf in = Unpooled.copiedBuffer(bytes, from, Math.min(size, bytes.length - from));
                try {
                    decoder.read(in);
                } catch (MalformedException e) {
                    isRefused = true;
                } finally {
                    in.release();
                }
            }
            return text + "|" + looked + "|" + isWhole + isRefused;
        }

        @Override
        public void onInterim(HttpResponse head) {
            text.append(head.status().code()).append(' ');
        }

        @Override
        public void onSwitched(HttpResponse head) {
            onInterim(head);
            isWhole = true;
        }

        @Override
        public Delivery onHead(HttpResponse head, AnswerFraming framing) {
            require(hasOneLineEach(head.status().reasonPhrase(), head.headers()));
            text.append(head.status().code()).append(framing).append(head.headers().entries());
            return delivery;
        }

        @Override
        public void onContent(ByteBuf in, int from, int to) {
            looked.append(in.toString(from, to - from, ISO_8859_1));
        }

        @Override
        public void onBody(ByteBuf bytes) {
            if (delivery == Delivery.CONTENT) {
                looked.append(bytes.toString(ISO_8859_1));
            }
            bytes.release();
        }

        @Override
        public void onEnd(HttpHeaders fields) {
            isWhole = true;
            text.append(fields.entries());
        }
    }
}
