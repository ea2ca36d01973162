package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients that wait, and that ask again, are told by the whole of Sluice. */
@Timeout(120)
final class WaitingClientsTest {

    private static final double QUICK = 100;
    private static final double SLOW = 0.2;
    private static final Map<String, ?> ONE_PLACE = Map.of("law.name", "static", "law.static.agents", 1);

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void aWaitThatIsRefusedTellsWhyWhereAndWhenToAskAgain() throws Exception {
        try (RunningSluice sluice = new RunningSluice(SLOW, with("queue.doorWait", "300ms"))) {
            InputStream occupied = occupy(sluice);
            HttpResponse<String> refused = ask(sluice, "waits");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("sluice-reason")).contains("wait_expired");
            assertThat(refused.headers().firstValue("sluice-held")).contains("no_place");
            assertThat(refused.headers().firstValue("sluice-place")).contains("1/1");
            long millis = refused.headers().firstValueAsLong("retry-after-ms").orElseThrow();
            assertThat(millis).isBetween(1L, 60_000L);
            assertThat(refused.headers().firstValueAsLong("retry-after")).hasValue((millis + 999) / 1_000);
            occupied.close();
            sluice.awaitRest();
        }
    }

    @Test
    void aClientThatTellsAShorterTimeOutIsRefusedBeforeItIsOver() throws Exception {
        try (RunningSluice sluice = new RunningSluice(SLOW, ONE_PLACE)) {
            InputStream occupied = occupy(sluice);
            HttpResponse<String> refused = ask(sluice, "hasty", "x-stainless-read-timeout", "1.0");
            assertThat(refused.headers().firstValue("sluice-reason")).contains("wait_expired");
            occupied.close();
            sluice.awaitRest();
        }
    }

    @Test
    void aStreamThatIsKeptAliveTellsItsPlaceAndIsAnswered() throws Exception {
        try (RunningSluice sluice = new RunningSluice(SLOW, with("clients.keepAlive", Map.of("other", "100ms")))) {
            InputStream occupied = occupy(sluice);
            HttpResponse<InputStream> held = client.send(
                    request(sluice.base(), "waits", "\"stream\":true,\"max_tokens\":2"),
                    HttpResponse.BodyHandlers.ofInputStream());
            assertThat(held.statusCode()).isEqualTo(200);
            assertThat(held.headers().firstValue("sluice-place")).contains("1/1");
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(held.body(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).isEqualTo(": waiting, place 1 of 1, no_place");
                occupied.close();
                assertThat(lines.lines()
                                .filter(line -> line.startsWith("data: "))
                                .reduce((first, next) -> next))
                        .contains("data: [DONE]");
            }
            sluice.awaitRest();
        }
    }

    @Test
    void whoAsksTheSameAgainAndAgainIsRefused() throws Exception {
        try (RunningSluice sluice = new RunningSluice(QUICK, Map.of("clients.retriesPerMinute", 2))) {
            for (int retry = 1; retry <= 2; retry++) {
                HttpResponse<String> answered = ask(sluice, "a", "x-stainless-retry-count", Integer.toString(retry));
                assertThat(answered.statusCode()).isEqualTo(200);
            }
            HttpResponse<String> refused = ask(sluice, "a", "x-stainless-retry-count", "3");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("\"code\":\"retry_storm\"");
            assertThat(ask(sluice, "b").statusCode()).isEqualTo(200);

            sluice.awaitRest();
            sluice.engine().close();
            // Nobody says that these are retries; their prompt does.
            for (int retry = 0; retry <= 2; retry++) {
                assertThat(ask(sluice, "c").headers().firstValue("sluice-reason"))
                        .contains("engine_down");
            }
            assertThat(ask(sluice, "c").headers().firstValue("sluice-reason")).contains("retry_storm");
            String metrics = client.send(
                            HttpRequest.newBuilder(URI.create(sluice.admin() + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(metrics)
                    .contains("sluice_retries_total 6.0")
                    .contains("sluice_steps_total{ending=\"retry_storm\",} 2.0");
            sluice.awaitRest();
        }
    }

    /** A stream of another agent that has the only place until it is closed. */
    private InputStream occupy(RunningSluice sluice) throws IOException, InterruptedException {
        HttpResponse<InputStream> endless = client.send(
                request(sluice.base(), "occupier", "\"stream\":true,\"max_tokens\":10000,\"ignore_eos\":true"),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(endless.body().read()).isPositive();
        return endless.body();
    }

    private HttpResponse<String> ask(RunningSluice sluice, String session, String... fields)
            throws IOException, InterruptedException {
        return client.send(
                request(sluice.base(), session, "\"max_tokens\":2", fields), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest request(URI base, String session, String settings, String... fields) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve("/v1/chat/completions"))
                .header("x-session-id", session)
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"emulated-tiny\"," + settings
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}"));
        if (fields.length > 0) {
            request.headers(fields);
        }
        return request.build();
    }

    private static Map<String, Object> with(String key, Object value) {
        return Map.of("law.name", "static", "law.static.agents", 1, key, value);
    }
}
