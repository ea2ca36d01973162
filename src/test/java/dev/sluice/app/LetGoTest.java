package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.SluiceConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where the gate and its clients share one event loop: what the end of one step lets go finds that step's connection free. */
@Timeout(60)
final class LetGoTest {

    private static final byte[] ANSWER = "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"x\"}}]}"
            .getBytes(StandardCharsets.UTF_8);

    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<InetSocketAddress> connections = new CopyOnWriteArrayList<>();
    private final CountDownLatch firstCame = new CountDownLatch(1);
    private final CountDownLatch firstMayEnd = new CountDownLatch(1);
    private HttpServer engine;

    @BeforeEach
    void startEngine() throws IOException {
        engine = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        engine.setExecutor(threads);
        engine.createContext("/v1/chat/completions", this::answer);
        engine.start();
    }

    @AfterEach
    void stopEngine() {
        engine.stop(0);
        threads.shutdownNow();
    }

    @Test
    void itTakesTheConnectionOfTheOneThatEnded() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() < 4, "one event loop");
        try (Sidecar sluice = Sidecar.start(config())) {
            CompletableFuture<HttpResponse<String>> first = ask(sluice, "first");
            firstCame.await();
            CompletableFuture<HttpResponse<String>> second = ask(sluice, "second");
            while (sluice.snapshot().join().queue().size() == 0) {
                Thread.onSpinWait();
            }
            firstMayEnd.countDown();
            assertThat(first.join().statusCode()).isEqualTo(200);
            assertThat(second.join().statusCode()).isEqualTo(200);
            assertThat(connections).hasSize(2).allMatch(connections.get(0)::equals);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        connections.add(exchange.getRemoteAddress());
        firstCame.countDown();
        try {
            firstMayEnd.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, ANSWER.length);
        exchange.getResponseBody().write(ANSWER);
        exchange.close();
    }

    private CompletableFuture<HttpResponse<String>> ask(Sidecar sluice, String agent) {
        return client.sendAsync(
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + sluice.listen().getPort() + "/v1/chat/completions"))
                        .header("X-Session-Id", agent)
                        .header("Sluice-End", "true")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"messages\":[{\"role\":\"user\",\"content\":\"" + agent + "\"}]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private SluiceConfig config() {
        ConfigReader.Result read = ConfigReader.read(
                "",
                Map.of(
                        "upstream.url",
                                "http://127.0.0.1:" + engine.getAddress().getPort(),
                        "listen", "127.0.0.1:0",
                        "admin.listen", "127.0.0.1:0",
                        "law.name", "static",
                        "law.static.agents", 1));
        assertThat(read.problems()).isEmpty();
        return read.config();
    }
}
