package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a pod's preStop hook does: new work is refused at once, and the hook ends when the last step has. */
@Timeout(60)
final class DrainTest {

    private static final String TOKEN = "a-token-of-24-characters";
    private static final double SLOW = 0.5;

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theHookEndsWhenTheLastStepHas() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        try (RunningSluice sluice = new RunningSluice(SLOW, Map.of("admin.tokenFile", token.toString()))) {
            HttpResponse<InputStream> stream =
                    client.send(chat(sluice, 20, true), HttpResponse.BodyHandlers.ofInputStream());
            BufferedReader events = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
            assertThat(events.readLine()).startsWith("data: ");

            CompletableFuture<Integer> hook =
                    CompletableFuture.supplyAsync(() -> drain(sluice, token, "--within", "40"));
            String ready = ready(sluice);
            while (!ready.contains("drain")) {
                ready = ready(sluice);
            }
            HttpResponse<String> refused = client.send(chat(sluice, 1, false), HttpResponse.BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Sluice-Reason")).hasValue("draining");

            assertThat(events.lines().filter(line -> !line.isEmpty()).reduce("", (before, line) -> line))
                    .isEqualTo("data: [DONE]");
            assertThat(hook.get(40, TimeUnit.SECONDS)).isZero();
            assertThat(out.toString().strip()).isEqualTo("drained");
            assertThat(ready(sluice)).contains("\"reason\":\"drained\"");
        }
    }

    @Test
    void aWrongTokenIsSaidAndNothingDrains() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        Path wrong = Files.writeString(folder.resolve("wrong"), "another-token-of-some-length");
        try (RunningSluice sluice = new RunningSluice(SLOW, Map.of("admin.tokenFile", token.toString()))) {
            assertThat(drain(sluice, wrong)).isEqualTo(1);
            assertThat(err.toString()).contains("does not drain", "admin.tokenFile");
            assertThat(ready(sluice)).doesNotContain("drain");
        }
    }

    private int drain(RunningSluice sluice, Path token, String... more) {
        String[] words = {"drain", sluice.admin(), "--token-file", token.toString()};
        String[] all = Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
    }

    private String ready(RunningSluice sluice) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create(sluice.admin() + "/ready"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static HttpRequest chat(RunningSluice sluice, int maxTokens, boolean stream) {
        String body = "{\"model\":\"emulated-tiny\",\"max_tokens\":" + maxTokens + ",\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
        return HttpRequest.newBuilder(sluice.base().resolve("/v1/chat/completions"))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
