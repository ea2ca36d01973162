package dev.sluice.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.admin.AdminSource;
import dev.sluice.admission.Snapshot;
import dev.sluice.config.ConfigReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the metrics page is, it is given up within its bounds, declared unusable, and the traffic goes on. */
final class HostileMetricsTest {

    private static final int MIB = 1 << 20;

    /** Of a page that is too large: its bound, and what lies in the buffers of both sides. */
    private static final long MOST_TAKEN = 40L * MIB;

    private static final byte[] PAGE = bytes("vllm:num_requests_running 1\nvllm:kv_cache_usage_perc 0.5\n");
    private static final byte[] COMMENTS = bytes("# a comment of some length, and nothing else\n".repeat(1_000));
    private static final byte[] DIGITS = bytes("1".repeat(64 << 10));

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicLong written = new AtomicLong();
    private final CountDownLatch givenUp = new CountDownLatch(1);
    private HttpServer engine;

    /** An answer to a request for the page. */
    private interface Answer {
        void write(HttpExchange exchange, HostileMetricsTest test) throws IOException, InterruptedException;
    }

    @BeforeEach
    void startEngine() throws IOException {
        engine = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        engine.setExecutor(threads);
        engine.createContext("/", exchange -> answer(exchange, 404, bytes("nothing here")));
        engine.createContext(
                "/v1/chat/completions", exchange -> answer(exchange, 200, bytes("{\"choices\":[],\"answer\":42}")));
        engine.start();
    }

    @AfterEach
    void stopEngine() {
        end.countDown();
        engine.stop(0);
        threads.shutdownNow();
    }

    static Stream<Named<Answer>> trafficGoesOn() {
        return Stream.of(
                Named.of(
                        "100 MB, announced", (exchange, test) -> test.pour(exchange, COMMENTS, 100L * MIB, 100L * MIB)),
                Named.of("100 MB in chunks", (exchange, test) -> test.pour(exchange, COMMENTS, 0, 100L * MIB)),
                Named.of("one endless line", (exchange, test) -> test.pour(exchange, DIGITS, 0, Long.MAX_VALUE)),
                Named.of("no numbers", page("vllm:num_requests_running NaN\nvllm:kv_cache_usage_perc NaN\n")),
                Named.of("impossible numbers", page("vllm:num_requests_running -Inf\nvllm:kv_cache_usage_perc 85\n")),
                Named.of("packed, and says so", (exchange, test) -> {
                    exchange.getResponseHeaders().set("Content-Encoding", "gzip");
                    answer(exchange, 200, packed());
                }),
                Named.of("packed, and does not say so", (exchange, test) -> answer(exchange, 200, packed())),
                Named.of("a web page", page("<!doctype html>\n<html>\n<body>hello</body>\n</html>\n")),
                Named.of("nested", page("[".repeat(MIB))),
                Named.of("a hang before the answer", (exchange, test) -> test.end.await()),
                Named.of("a hang amid the answer", (exchange, test) -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(PAGE);
                    exchange.getResponseBody().flush();
                    test.end.await();
                }),
                Named.of("missing", (exchange, test) -> answer(exchange, 404, PAGE)));
    }

    @ParameterizedTest
    @MethodSource
    void trafficGoesOn(Answer page) throws Exception {
        servePage(page);
        try (Sidecar sidecar = start()) {
            Snapshot.Signals signals = sidecar.snapshot().get().signals();
            assertThat(signals.fresh()).isFalse();
            assertThat(signals.failures()).isPositive();
            assertThat(signals.ageNanos()).isNegative();
            assertAnswers(sidecar);
        }
    }

    @Test
    void aHealthyPageIsUsable() throws Exception {
        servePage((exchange, test) -> answer(exchange, 200, PAGE));
        try (Sidecar sidecar = start()) {
            assertThat(sidecar.snapshot().get().signals().fresh()).isTrue();
            assertThat(sidecar.engine().kind()).isEqualTo("vllm");
            assertAnswers(sidecar);
        }
    }

    @Test
    void ofAnEndlessLineNoMoreIsTakenThanTheBound() throws Exception {
        servePage((exchange, test) -> test.pour(exchange, DIGITS, 0, Long.MAX_VALUE));
        try (Sidecar sidecar = start()) {
            assertThat(givenUp.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(written.get()).isLessThan(MOST_TAKEN);
            assertAnswers(sidecar);
        }
    }

    private void servePage(Answer page) {
        engine.createContext("/metrics", exchange -> {
            try (exchange) {
                page.write(exchange, this);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Test
    void aPageThatCannotBeReachedWhereItIsServedApartTakesNobodyOutOfService(@TempDir Path folder) throws Exception {
        try (Sidecar sidecar = start("unix:" + folder.resolve("nobody"))) {
            assertThat(sidecar.snapshot().get().signals().failures()).isPositive();
            assertThat(sidecar.readiness()).isEqualTo(AdminSource.Readiness.READY);
            assertAnswers(sidecar);
        }
    }

    private Sidecar start() throws IOException {
        return start("upstream");
    }

    private Sidecar start(String pageAt) throws IOException {
        ConfigReader.Result config = ConfigReader.read(
                "",
                Map.of(
                        "upstream.url",
                        "http://127.0.0.1:" + engine.getAddress().getPort(),
                        "listen",
                        "127.0.0.1:0",
                        "admin.listen",
                        "127.0.0.1:0",
                        "signals.url",
                        pageAt,
                        "signals.timeout",
                        "1s"));
        Sidecar sidecar = Sidecar.start(config.config());
        sidecar.firstLook().join();
        return sidecar;
    }

    private static void assertAnswers(Sidecar sidecar) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + sidecar.listen().getPort() + "/v1/chat/completions"))
                                .POST(HttpRequest.BodyPublishers.ofString("{\"messages\":[]}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("42");
    }

    /** Writes the same again and again, until so much is written or nobody reads any more. */
    private void pour(HttpExchange exchange, byte[] piece, long announced, long most) throws IOException {
        exchange.sendResponseHeaders(200, announced);
        try (OutputStream out = exchange.getResponseBody()) {
            for (long left = most; left > 0; left -= piece.length) {
                out.write(piece, 0, (int) Math.min(left, piece.length));
                written.addAndGet(piece.length);
            }
        } finally {
            givenUp.countDown();
        }
    }

    private static Answer page(String text) {
        return (exchange, test) -> answer(exchange, 200, bytes(text));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static byte[] packed() {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }
}
