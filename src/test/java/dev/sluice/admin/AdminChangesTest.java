package dev.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.config.AdminConfig;
import dev.sluice.config.Mode;
import dev.sluice.config.Problem;
import dev.sluice.config.Reload;
import dev.sluice.config.SluiceConfig;
import dev.sluice.telemetry.Telemetry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Explain, and the calls that change something. */
final class AdminChangesTest {

    private static final String TOKEN = "a-token-of-24-characters";

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final FakeSource source = new FakeSource();
    private final Logger auditLog = (Logger) LoggerFactory.getLogger("sluice.audit");
    private final ListAppender<ILoggingEvent> audit = new ListAppender<>();
    private AdminServer server;

    @BeforeEach
    void startWithAToken() throws IOException {
        Files.writeString(folder.resolve("token"), TOKEN + "\n");
        server = start(folder.resolve("token").toString());
        audit.start();
        // Other tests make the root logger quiet.
        auditLog.setLevel(Level.INFO);
        auditLog.addAppender(audit);
    }

    @AfterEach
    void stop() {
        auditLog.detachAppender(audit);
        auditLog.setLevel(null);
        server.close();
    }

    @Test
    void theModeIsSwitchedAndTheCallIsOnRecord() throws Exception {
        HttpResponse<String> answer = post("{\"mode\":\"off\"}", "Bearer " + TOKEN);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"mode\":\"off\",\"before\":\"enforce\"}\n");
        assertThat(source.mode).isEqualTo(Mode.OFF);
        assertThat(audit.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .matches("Admin call from=/127\\.0\\.0\\.1:\\d+ call=\"POST /mode\" outcome=\"200 .*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "off", "{}", "{\"mode\":\"on\"}", "{\"mode\":1}", "[\"off\"]", "{\"mode\":\"off\""})
    void aModeThatIsNoneIsRefused(String body) throws Exception {
        HttpResponse<String> answer = post(body, "Bearer " + TOKEN);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("expected: {\\\"mode\\\":\\\"enforce\\\"}, shadow or off");
        assertThat(source.mode).isEqualTo(Mode.ENFORCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer wrong-token-of-chars", "Basic " + TOKEN, TOKEN, "Bearer " + TOKEN + "x"})
    void withoutTheTokenNothingChanges(String authorization) throws Exception {
        HttpResponse<String> answer = post("{\"mode\":\"off\"}", authorization);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("www-authenticate")).hasValue("Bearer realm=\"sluice\"");
        assertThat(source.mode).isEqualTo(Mode.ENFORCE);
        assertThat(audit.list).hasSize(1);
    }

    @Test
    void aNewTokenInTheFileCountsAtOnce() throws Exception {
        Files.writeString(folder.resolve("token"), "another-token-of-some-length");

        assertThat(post("{\"mode\":\"off\"}", "Bearer " + TOKEN).statusCode()).isEqualTo(401);
        assertThat(post("{\"mode\":\"off\"}", "bearer another-token-of-some-length")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void withoutATokenFileChangesAreOffAndTheAnswerTellsHowToTurnThemOn() throws Exception {
        server.close();
        server = start("");

        HttpResponse<String> answer = post("{\"mode\":\"off\"}", "Bearer ");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("set admin.tokenFile to a file");
        assertThat(source.mode).isEqualTo(Mode.ENFORCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "a token with spaces in it", ""})
    void aFileWithoutATokenIsAProblemAtTheStart(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("bad"), content);

        assertThatThrownBy(() -> start(file.toString()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("admin.tokenFile: " + file + " holds no token (expected: ");
        assertThatThrownBy(() -> start(folder.resolve("none").toString()))
                .hasMessageContaining("cannot be read (expected: ");
    }

    @ParameterizedTest
    @CsvSource({"http://evil.example,403", "null,403", "http://127.0.0.1:1,403", "http://HOST,200", "https://HOST,200"})
    void aForeignPageChangesNothingEvenWithTheToken(String origin, int status) throws Exception {
        String host = "127.0.0.1:" + server.port();
        HttpResponse<String> answer = send(request("/mode")
                .header("Authorization", "Bearer " + TOKEN)
                .header("Origin", origin.replace("HOST", host))
                .POST(HttpRequest.BodyPublishers.ofString("{\"mode\":\"shadow\"}")));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(source.mode).isEqualTo(status == 200 ? Mode.SHADOW : Mode.ENFORCE);
    }

    @Test
    void theConfigurationIsReadAgain() throws Exception {
        source.reload = new Reload(
                List.of(new Reload.Change("queue.doorWait", "3m", "1m")),
                List.of(new Reload.Change("listen", "a:1", "a:2")),
                List.of());
        assertThat(reload().body())
                .isEqualTo("{\"applied\":[{\"key\":\"queue.doorWait\",\"before\":\"3m\",\"after\":\"1m\"}],"
                        + "\"needsRestart\":[{\"key\":\"listen\",\"before\":\"a:1\",\"after\":\"a:2\"}]}\n");

        source.reload = new Reload(List.of(), List.of(), List.of(new Problem("queue.maxSteps", "0", "1..1000000")));
        HttpResponse<String> refused = reload();
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .isEqualTo(
                        "{\"problems\":[{\"key\":\"queue.maxSteps\",\"value\":\"0\",\"expected\":\"1..1000000\"}]}\n");
        assertThat(audit.list).hasSize(2);
    }

    @Test
    void drainingNeedsTheTokenAndIsSaidByReady() throws Exception {
        assertThat(send(request("/drain").POST(HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(401);
        assertThat(source.readiness().isReady()).isTrue();
        assertThat(send(request("/drain")
                                .header("Authorization", "Bearer " + TOKEN)
                                .POST(HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(202);
        assertThat(source.readiness().reason()).isEqualTo("draining");
        assertThat(send(request("/drain")).statusCode()).isEqualTo(405);
    }

    private HttpResponse<String> reload() throws Exception {
        return send(request("/reload")
                .header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    @ParameterizedTest
    @CsvSource({"idle,200,now", "busy,202,after_step"})
    void anAgentIsEnded(String id, int status, String ends) throws Exception {
        HttpResponse<String> answer = send(request("/agents/" + id)
                .header("Authorization", "Bearer " + TOKEN)
                .DELETE());

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo("{\"id\":\"" + id + "\",\"ends\":\"" + ends + "\"}\n");
    }

    @Test
    void anUnknownAgentCannotBeEndedOrExplained() throws Exception {
        String path = "/agents/..%2F%2e%2e%2Fetc%00%22x";
        HttpResponse<String> ended =
                send(request(path).header("Authorization", "Bearer " + TOKEN).DELETE());

        assertThat(ended.statusCode()).isEqualTo(404);
        assertThat(source.ended).containsExactly("../../etc\0\"x");
        HttpResponse<String> explained = send(request(path));
        assertThat(explained.statusCode()).isEqualTo(404);
        assertThat(explained.body()).isEqualTo("{\"error\":\"no such agent\",\"id\":\"../../etc\\u0000\\\"x\"}\n");
    }

    @Test
    void anAgentIsExplainedInWordsAndCodes() throws Exception {
        HttpResponse<String> answer = send(request("/agents/a%2Fb%20%C3%A9"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .startsWith("{\"id\":\"a/b é\",\"source\":\"none\"")
                .contains("\"why\":\"Its step waits: one step comes before it.\"")
                .contains(
                        "\"release\":\"Those before it go. Running agents end their step or idle ones give way. It goes"
                                + " first, whatever the cost, in 178 s at the latest. Its wait is refused in 238 s.\"")
                .contains("{\"code\":\"no_room\",\"amount\":1234,\"text\":\"the budget lacks 1,234 tokens for it\"}")
                .contains("\"promoted\":178.0,\"expires\":238.0,\"holdRatio\":null,\"ending\":false")
                .contains("\"recomputed\":500,\"expected\":900,\"lost\":400");
    }

    private AdminServer start(String tokenFile) throws IOException {
        AdminConfig config = new AdminConfig("127.0.0.1:0", tokenFile);
        return AdminServer.start(config, source, new Telemetry(SluiceConfig.DEFAULT, "test"), null);
    }

    private HttpResponse<String> post(String body, String authorization) throws Exception {
        return send(request("/mode")
                .header("Authorization", authorization)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
