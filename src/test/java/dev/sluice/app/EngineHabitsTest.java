package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.config.ConfigReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What requests are made of when they reach an engine, by who it says it is. */
final class EngineHabitsTest {

    private static final String BODY = "{\"program_id\":\"p\",\"messages\":[],\"extra_body\":{\"program_id\":\"p\"}}";

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private HttpServer engine;

    @BeforeEach
    void startEngine() throws IOException {
        engine = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        engine.createContext("/v1/chat/completions", exchange -> {
            try (exchange) {
                received.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
                exchange.sendResponseHeaders(200, 2);
                exchange.getResponseBody().write("{}".getBytes(UTF_8));
            }
        });
        engine.start();
    }

    @AfterEach
    void stopEngine() {
        engine.stop(0);
    }

    @Test
    void vllmGetsFieldsThatItDoesNotKnowAndAPriorityIfThatIsConfigured() throws Exception {
        page("/metrics", "vllm:num_requests_running 0\n");
        assertThat(forwarded("false")).isEqualTo(BODY);
        assertThat(forwarded("true")).isEqualTo(BODY.replaceFirst("\\{", "{\"priority\":2,"));
        assertThat(forwarded("true", "shadow")).isEqualTo(BODY);
    }

    @Test
    void sglangCountsTheOtherWay() throws Exception {
        page("/metrics", "sglang:num_running_reqs 0\n");
        assertThat(forwarded("true")).isEqualTo(BODY.replaceFirst("\\{", "{\"priority\":0,"));
    }

    @Test
    void tensorRtLlmGetsNothingThatItDoesNotKnow() throws Exception {
        page("/v1/models", "{\"data\":[{\"id\":\"m\",\"owned_by\":\"tensorrt_llm\"}]}");
        page("/prometheus/metrics", "trtllm_num_requests_running 0\n");
        assertThat(forwarded("true")).isEqualTo("{\"messages\":[]}");
    }

    @Test
    void anotherEngineGetsTheBodyAsItIs() throws Exception {
        assertThat(forwarded("true")).isEqualTo(BODY);
    }

    /** The body that the engine gets of a newcomer's first step. */
    private String forwarded(String sendPriority) throws Exception {
        return forwarded(sendPriority, "enforce");
    }

    private String forwarded(String sendPriority, String mode) throws Exception {
        ConfigReader.Result config = ConfigReader.read(
                "engine: {sendPriority: " + sendPriority + "}",
                Map.of(
                        "mode",
                        mode,
                        "upstream.url",
                        "http://127.0.0.1:" + engine.getAddress().getPort(),
                        "listen",
                        "127.0.0.1:0",
                        "admin.listen",
                        "127.0.0.1:0"));
        try (Sidecar sidecar = Sidecar.start(config.config())) {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                            + sidecar.listen().getPort() + "/v1/chat/completions"))
                                    .POST(HttpRequest.BodyPublishers.ofString(BODY))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
        }
        return String.valueOf(received.poll(20, TimeUnit.SECONDS));
    }

    private void page(String path, String text) {
        engine.createContext(path, exchange -> {
            try (exchange) {
                byte[] bytes = text.getBytes(UTF_8);
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
    }
}
