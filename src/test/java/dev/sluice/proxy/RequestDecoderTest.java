package dev.sluice.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.LimitsConfig;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The decoder takes exactly what {@link StrictHttp} takes, however the bytes are cut. */
final class RequestDecoderTest {

    private static final long SEED = 9112;

    private static final int DAMAGED = 5_000;

    /** What came out: a text that two decodings can be compared by, requests that came whole, whether one was refused. */
    private record Decoded(String text, int whole, boolean isRefused) {}

    @Test
    void validRequestsComeOutWhole() {
        Decoded decoded = decode(Payloads.valid().get(5), Integer.MAX_VALUE);
        assertThat(decoded.text())
                .isEqualTo("POST /c HTTP/1.1 [Host=a, Transfer-Encoding=chunked]\n" + "hello0123456789\n"
                        + "GET /d HTTP/1.1 [Host=a]\n" + "\n");
        for (String valid : Payloads.valid()) {
            assertThat(StrictHttp.read(valid).rest()).as(valid).isNotEqualTo(StrictHttp.Rest.INVALID);
            assertTakenAsTheRfcSays(valid);
        }
    }

    @Test
    void bytesMayBeCutAnywhere() {
        for (String payload : Payloads.valid()) {
            Decoded whole = decode(payload, Integer.MAX_VALUE);
            for (int size = 1; size < payload.length(); size++) {
                assertThat(decode(payload, size))
                        .as("in pieces of %d: %s", size, payload)
                        .isEqualTo(whole);
            }
        }
    }

    @Test
    void fieldsBehindLargeOnesAreReadAsWell() {
        String head =
                "GET / HTTP/1.1\r\nHost: a\r\n" + ("Cookie: " + "c".repeat(300) + "\r\n").repeat(9) + "X: 1\r\n\r\n";
        for (int large = 0; large < 10; large++) {
            Decoded decoded = decode(head.repeat(2), Integer.MAX_VALUE);
            assertThat(decoded.whole()).isEqualTo(2);
            assertThat(decoded.text()).contains("X=1");
            head = head.replaceFirst("Cookie: c+", "Small: 2");
        }
    }

    @Test
    void everyFramingIsReadInOneWayOrRefused() {
        Payloads.framings().forEach(RequestDecoderTest::assertTakenAsTheRfcSays);
    }

    @Test
    void damageIsSeen() {
        Random chance = new Random(SEED);
        int refused = 0;
        for (int i = 0; i < DAMAGED; i++) {
            refused += assertTakenAsTheRfcSays(Payloads.damaged(chance)) ? 1 : 0;
        }
        assertThat(refused).as("of %d", DAMAGED).isBetween(DAMAGED / 10, DAMAGED * 19 / 20);
    }

    @Test
    void aWebSocketDraftGivesAGetNoBody() {
        Decoded decoded = decode(
                "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n12345678",
                Integer.MAX_VALUE);
        assertThat(decoded.whole()).isEqualTo(1);
        assertThat(decoded.text()).doesNotContain("12345678");
    }

    /** Whether it was refused. */
    private static boolean assertTakenAsTheRfcSays(String payload) {
        StrictHttp.Reading reading = StrictHttp.read(payload);
        Decoded decoded = decode(payload, Integer.MAX_VALUE);
        assertThat(decode(payload, 1)).as("octet by octet: %s", payload).isEqualTo(decoded);
        int valid = reading.requests().size();
        if (valid > 0 && reading.requests().get(valid - 1).closes()) {
            assertThat(decoded.whole()).as(payload).isGreaterThanOrEqualTo(valid);
        } else {
            assertThat(decoded.whole()).as(payload).isEqualTo(valid);
            assertThat(decoded.isRefused())
                    .as("refused (%s): %s", reading.why(), payload)
                    .isEqualTo(reading.rest() == StrictHttp.Rest.INVALID);
        }
        return decoded.isRefused();
    }

    private static Decoded decode(String payload, int pieceBytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new RequestDecoder(LimitsConfig.DEFAULT));
        byte[] bytes = payload.getBytes(ISO_8859_1);
        for (int from = 0; from < bytes.length; from += Math.min(pieceBytes, bytes.length - from)) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, from, Math.min(pieceBytes, bytes.length - from)));
        }
        StringBuilder text = new StringBuilder();
        int whole = 0;
        boolean isRefused = false;
        for (HttpObject part = channel.readInbound(); part != null; part = channel.readInbound()) {
            isRefused |= part.decoderResult().isFailure();
            if (part instanceof HttpRequest head && head.decoderResult().isSuccess()) {
                text.append(head.method() + " " + head.uri() + " " + head.protocolVersion() + " ")
                        .append(head.headers().entries())
                        .append('\n');
            } else if (part instanceof HttpContent content) {
                text.append(content.content().toString(ISO_8859_1));
            }
            if (part instanceof LastHttpContent) {
                whole++;
                text.append('\n');
            }
            ReferenceCountUtil.release(part);
        }
        channel.finishAndReleaseAll();
        return new Decoded(text + (isRefused ? "refused" : ""), whole, isRefused);
    }
}
