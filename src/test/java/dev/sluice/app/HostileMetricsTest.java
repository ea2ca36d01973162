package dev.sluice.app;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okForContentType;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.sluice.config.ConfigReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the metrics page is, it is given up within its bounds and the traffic goes on. */
final class HostileMetricsTest {

    private static final WireMockServer ENGINE =
            new WireMockServer(wireMockConfig().dynamicPort());

    @BeforeAll
    static void startEngine() {
        ENGINE.start();
        ENGINE.stubFor(post("/v1/chat/completions").willReturn(okJson("{\"choices\":[],\"answer\":42}")));
    }

    @AfterAll
    static void stopEngine() {
        ENGINE.stop();
    }

    static Stream<Named<ResponseDefinitionBuilder>> trafficGoesOn() {
        return Stream.of(
                Named.of("far too large", text("# a comment\n".repeat(1 << 20))),
                Named.of("one endless line", text("vllm:num_requests_running " + "1".repeat(1 << 20))),
                Named.of("no numbers", text("vllm:num_requests_running NaN\nvllm:kv_cache_usage_perc NaN\n")),
                Named.of("encoded", text("vllm:num_requests_running 1\n").withHeader("Content-Encoding", "gzip")),
                Named.of("a web page", okForContentType("text/html", "<html>\n<body>hello</body>\n</html>\n")),
                Named.of("nested", text("[".repeat(1 << 20))),
                Named.of("a hang", text("vllm:num_requests_running 1\n").withFixedDelay(60_000)),
                Named.of("missing", aResponse().withStatus(404)));
    }

    @ParameterizedTest
    @MethodSource
    void trafficGoesOn(ResponseDefinitionBuilder page) throws Exception {
        ENGINE.stubFor(get("/metrics").willReturn(page));
        ConfigReader.Result config = ConfigReader.read(
                "",
                Map.of(
                        "upstream.url",
                        ENGINE.baseUrl(),
                        "listen",
                        "127.0.0.1:0",
                        "admin.listen",
                        "127.0.0.1:0",
                        "signals.timeout",
                        "400ms"));

        try (Sidecar sidecar = Sidecar.start(config.config())) {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                            + sidecar.listen().getPort() + "/v1/chat/completions"))
                                    .POST(HttpRequest.BodyPublishers.ofString("{\"messages\":[]}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("42");
        }
    }

    private static ResponseDefinitionBuilder text(String page) {
        return okForContentType("text/plain", page);
    }
}
