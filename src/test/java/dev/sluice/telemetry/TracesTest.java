package dev.sluice.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Finish;
import dev.sluice.admission.Usage;
import dev.sluice.api.Route;
import dev.sluice.config.TracingConfig;
import dev.sluice.proxy.ExchangeRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Spans reach a collector over OTLP/HTTP, under the client's trace, and hold no prompt. */
final class TracesTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String SAMPLED = "00-" + TRACE + "-" + PARENT + "-01";
    private static final String NOT_SAMPLED = "00-" + TRACE + "-" + PARENT + "-00";
    private static final InstantSource NOW = InstantSource.fixed(Instant.parse("2026-01-01T00:00:10Z"));

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final Queue<String> shown = new ConcurrentLinkedQueue<>();
    private HttpServer collector;

    @BeforeEach
    void listen() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            synchronized (received) {
                received.write(exchange.getRequestBody().readAllBytes());
            }
            shown.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
            exchange.getResponseHeaders()
                    .set("content-type", exchange.getRequestHeaders().getFirst("content-type"));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    @Test
    void aRequestIsHeldForwardedAndStreamedUnderTheClientsTrace() {
        Traces traces = traces(0);
        traces.onExchange(exchange(Ending.COMPLETED, 200, SAMPLED));
        traces.close();

        assertThat(traces.made()).isEqualTo(4);
        assertThat(traces.exported()).isEqualTo(4);
        assertThat(text()).contains("POST /v1/chat/completions", "hold", "forward", "stream", "a-7", "team", "sluice");
        assertThat(hex()).contains(TRACE, PARENT);
        // Little-endian nanoseconds of when it arrived and of when it was over.
        assertThat(hex()).contains(time("2026-01-01T00:00:00Z"), time("2026-01-01T00:00:10Z"));
        // Asked after 1 s, forwarded after 3 s more, first byte at 6 s.
        assertThat(hex())
                .contains(time("2026-01-01T00:00:01Z"), time("2026-01-01T00:00:04Z"), time("2026-01-01T00:00:06Z"));
    }

    @Test
    void aRefusedRequestIsOnlyHeld() {
        Traces traces = traces(1);
        traces.onExchange(exchange(Ending.WAIT_EXPIRED, 429, ""));
        traces.close();

        assertThat(text())
                .contains("hold", "wait_expired")
                .doesNotContain("forward")
                .doesNotContain("stream");
    }

    @Test
    void theClientsFlagDecidesAndOtherwiseTheRatio() {
        Traces traces = traces(1);
        traces.onExchange(exchange(Ending.COMPLETED, 200, NOT_SAMPLED));
        Traces none = traces(0);
        none.onExchange(exchange(Ending.COMPLETED, 200, ""));
        none.onExchange(exchange(Ending.COMPLETED, 200, "not a traceparent"));
        traces.close();
        none.close();

        assertThat(traces.made() + none.made()).isZero();
        assertThat(text()).isEmpty();
    }

    @Test
    void aCollectorThatIsAwayCostsNothingButItsSpans() {
        collector.stop(0);
        Traces traces = traces(1);
        traces.onExchange(exchange(Ending.COMPLETED, 200, ""));
        traces.close();

        assertThat(traces.made()).isEqualTo(4);
        assertThat(traces.exported()).isZero();
    }

    @Test
    void theCollectorIsShownWhatCountsWhenSpansGo() {
        AtomicReference<String> token = new AtomicReference<>("Bearer old");
        Traces traces = traces(1);
        traces.show(() -> Map.of("authorization", token.get()));
        traces.onExchange(exchange(Ending.COMPLETED, 200, ""));
        token.set("Bearer new");
        traces.close();

        assertThat(shown).containsExactly("Bearer new");
    }

    private Traces traces(double ratio) {
        String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces";
        return new Traces(new TracingConfig(endpoint, ratio, Map.of()), "test", NOW);
    }

    private static ExchangeRecord exchange(Ending ending, int status, String traceParent) {
        return new ExchangeRecord(
                "POST",
                "/v1/chat/completions",
                Route.CHAT_COMPLETIONS,
                status,
                ending,
                "a-7",
                1_000,
                2_000,
                3_000_000_000L,
                6_000_000_000L,
                10_000_000_000L,
                new Usage(300, 256, 20, Finish.TOOL_CALL),
                "team",
                1_000_000_000L,
                traceParent);
    }

    private String text() {
        synchronized (received) {
            return received.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private String hex() {
        synchronized (received) {
            return HexFormat.of().formatHex(received.toByteArray());
        }
    }

    private static String time(String instant) {
        long nanos = Instant.parse(instant).getEpochSecond() * 1_000_000_000L;
        return "%016x".formatted(Long.reverseBytes(nanos));
    }
}
