package dev.sluice.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The decoder takes exactly what {@link StrictHttp} takes, however the bytes are cut and however the body is wanted. */
final class AnswerDecoderTest {

    private static final long SEED = 9113;

    private static final int DAMAGED = 5_000;

    /**
     * What came out.
     *
     * @param unread how many bytes stand behind the answer
     */
    private record Decoded(
            List<Integer> heads, String content, String trailers, boolean isWhole, boolean isRefused, int unread) {}

    @Test
    void answersComeOutWhole() {
        Decoded chunked = decode(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n00a;x=1\r\n0123456789\r\n0\r\nT: 1\r\n\r\nHTTP",
                100,
                false,
                Delivery.FRAMED);
        assertThat(chunked).isEqualTo(new Decoded(List.of(200), "hello0123456789", "[T=1]", true, false, 4));
        Decoded early = decode(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 \r\nLink: a\r\n\r\nHTTP/1.0 404\r\nContent-Length: 2\r\n\r\nno",
                100,
                false,
                Delivery.CONTENT);
        assertThat(early).isEqualTo(new Decoded(List.of(100, 103, 404), "no", "[]", true, false, 0));
    }

    @Test
    void whatHasNoBodyHasNoneWhateverItsHeadSays() {
        for (String head : List.of("204 No Content", "304 Not Modified", "101 Switching Protocols")) {
            assertThat(decode("HTTP/1.1 " + head + "\r\nContent-Length: 5\r\n\r\nhello", 7, false, Delivery.FRAMED)
                            .unread())
                    .as(head)
                    .isEqualTo(5);
        }
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        assertThat(decode(chunked, 100, true, Delivery.FRAMED).unread()).isEqualTo(5);
    }

    @Test
    void bytesMayBeCutAnywhere() {
        for (String answer : Payloads.answers()) {
            for (boolean toHead : new boolean[] {false, true}) {
                Decoded whole = decode(answer, answer.length(), toHead, Delivery.CONTENT);
                for (int size = 1; size <= answer.length(); size++) {
                    for (Delivery delivery : Delivery.values()) {
                        assertThat(decode(answer, size, toHead, delivery))
                                .as("%s in pieces of %d: %s", delivery, size, answer)
                                .isEqualTo(whole);
                    }
                }
            }
        }
    }

    @Test
    void longStreamsMayBeCutAnywhere() {
        Random chance = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            StringBuilder stream = new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            StringBuilder content = new StringBuilder();
            for (int chunk = 0; chunk < 100; chunk++) {
                String event = "data: " + chunk + "x".repeat(chance.nextInt(300)) + "\n\n";
                stream.append(Integer.toHexString(event.length()))
                        .append("\r\n")
                        .append(event)
                        .append("\r\n");
                content.append(event);
            }
            int size = 1 + chance.nextInt(2_000);
            for (Delivery delivery : Delivery.values()) {
                assertThat(decode(stream + "0\r\n\r\n", size, false, delivery))
                        .as("%s in pieces of %d", delivery, size)
                        .isEqualTo(new Decoded(List.of(200), content.toString(), "[]", true, false, 0));
            }
        }
    }

    @Test
    void everyFramingIsReadInOneWayOrRefused() {
        Payloads.answerFramings().forEach(AnswerDecoderTest::assertTakenAsTheRfcSays);
    }

    @Test
    void damageIsSeen() {
        Random chance = new Random(SEED);
        int refused = 0;
        for (int i = 0; i < DAMAGED; i++) {
            refused += assertTakenAsTheRfcSays(Payloads.damagedAnswer(chance)) ? 1 : 0;
        }
        assertThat(refused).as("of %d", DAMAGED).isBetween(DAMAGED / 10, DAMAGED * 19 / 20);
    }

    @Test
    void interimAnswersHaveABound() {
        String interim = "HTTP/1.1 102 Processing\r\n\r\n";
        assertThat(decode(interim.repeat(256), 1000, false, Delivery.FRAMED).isRefused())
                .isFalse();
        assertThat(decode(interim.repeat(257), 1000, false, Delivery.FRAMED).isRefused())
                .isTrue();
    }

    @Test
    void theEndOfTheConnectionIsTheEndOfNoOtherBody() {
        List<String> ends = new ArrayList<>();
        for (String body :
                List.of("\r\nhello", "Content-Length: 6\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n0\r\n")) {
            Collector collector = new Collector(Delivery.FRAMED);
            collector.feed("HTTP/1.1 200 OK\r\n" + body, 100, false);
            collector.decoder.onClose();
            ends.add(collector.isWhole + " " + collector.looked);
        }
        assertThat(ends).containsExactly("true hello", "false hello", "false ");
    }

    /** Whether it was refused. */
    private static boolean assertTakenAsTheRfcSays(String payload) {
        StrictHttp.Answer answer = StrictHttp.answer(payload, false);
        Decoded decoded = decode(payload, payload.length(), false, Delivery.FRAMED);
        for (Delivery delivery : Delivery.values()) {
            for (int size : new int[] {1, 3, payload.length()}) {
                assertThat(decode(payload, size, false, delivery))
                        .as("%s in pieces of %d: %s", delivery, size, payload)
                        .isEqualTo(decoded);
            }
        }
        assertThat(decoded.isRefused())
                .as("refused (%s): %s", answer.why(), payload)
                .isEqualTo(!answer.why().isEmpty());
        assertThat(decoded.heads()).as(payload).isEqualTo(answer.heads());
        assertThat(decoded.content()).as(payload).isEqualTo(answer.content());
        assertThat(decoded.isWhole()).as(payload).isEqualTo(answer.isWhole());
        if (answer.isWhole()) {
            assertThat(decoded.unread()).as(payload).isEqualTo(payload.length() - answer.length());
        }
        return decoded.isRefused();
    }

    private static Decoded decode(String payload, int pieceBytes, boolean toHead, Delivery delivery) {
        Collector collector = new Collector(delivery);
        return collector.feed(payload, pieceBytes, toHead);
    }

    private static final class Collector implements AnswerDecoder.Sink {

        private final AnswerDecoder decoder = new AnswerDecoder(UnpooledByteBufAllocator.DEFAULT, this);
        private final Delivery delivery;
        private final List<Integer> heads = new ArrayList<>();
        private final StringBuilder looked = new StringBuilder();
        private final StringBuilder passed = new StringBuilder();
        private AnswerFraming framing = AnswerFraming.NONE;
        private String trailers = "";
        private boolean isWhole;

        Collector(Delivery delivery) {
            this.delivery = delivery;
        }

        Decoded feed(String payload, int pieceBytes, boolean toHead) {
            byte[] bytes = payload.getBytes(ISO_8859_1);
            int read = 0;
            boolean isRefused = false;
            decoder.expectAnswer(toHead);
            while (read < bytes.length && !isRefused && !isWhole) {
                int length = Math.min(pieceBytes, bytes.length - read);
                ByteBuf in = Unpooled.copiedBuffer(bytes, read, length);
                try {
                    boolean isAllTaken = decoder.read(in);
                    read += isAllTaken ? length : length - in.readableBytes();
                } catch (MalformedException e) {
                    isRefused = true;
                }
                in.release();
            }
            return new Decoded(
                    heads, content(isRefused), trailers, isWhole, isRefused, isWhole ? bytes.length - read : 0);
        }

        /** What the body carries: looked at on its way, and read again from the bytes that were passed on. */
        private String content(boolean isRefused) {
            if (delivery == Delivery.CONTENT) {
                return passed.toString();
            }
            String reread = passed.toString();
            if (framing == AnswerFraming.CHUNKED) {
                String end = isWhole ? "0\r\n\r\n" : "";
                StrictHttp.Answer again = StrictHttp.answer(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + passed + end, false);
                assertThat(again.why()).isEmpty();
                assertThat(again.isWhole()).isEqualTo(isWhole);
                reread = again.content();
            }
            assertThat(reread).isEqualTo(looked.toString());
            return reread;
        }

        @Override
        public void onInterim(HttpResponse head) {
            heads.add(head.status().code());
        }

        @Override
        public void onSwitched(HttpResponse head) {
            heads.add(head.status().code());
            isWhole = true;
        }

        @Override
        public Delivery onHead(HttpResponse head, AnswerFraming framing) {
            heads.add(head.status().code());
            this.framing = framing;
            return delivery;
        }

        @Override
        public void onContent(ByteBuf in, int from, int to) {
            looked.append(in.toString(from, to - from, ISO_8859_1));
        }

        @Override
        public void onBody(ByteBuf bytes) {
            assertThat(bytes.isReadable()).isTrue();
            passed.append(bytes.toString(ISO_8859_1));
            bytes.release();
        }

        @Override
        public void onEnd(HttpHeaders fields) {
            isWhole = true;
            trailers = fields.entries().toString();
        }
    }
}
