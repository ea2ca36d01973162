package dev.sluice.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.config.AdminConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.EngineSample;
import dev.sluice.telemetry.Telemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AdminServerTest {

    private static final AdminConfig ANY_PORT = new AdminConfig("127.0.0.1:0", "");

    private final HttpClient client = HttpClient.newHttpClient();
    private final FakeSource source = new FakeSource();
    private final Telemetry telemetry = new Telemetry(SluiceConfig.DEFAULT, "test");
    private AdminServer server = start(ANY_PORT);

    @BeforeEach
    void oneRequestIsInTheEngine() {
        telemetry.onGovernedStart();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void healthIsOfTheProcess() throws Exception {
        source.readiness = AdminSource.Readiness.notReady("engine unreachable");
        source.snapshot = CompletableFuture.failedFuture(new IllegalStateException("gate broken"));

        HttpResponse<String> answer = get("/health");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"status\":\"ok\"}\n");
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
    }

    @Test
    void readinessTellsWhyNot() throws Exception {
        assertThat(get("/ready").body()).isEqualTo("{\"ready\":true}\n");

        source.readiness = AdminSource.Readiness.notReady("engine unreachable");

        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/ready").body()).isEqualTo("{\"ready\":false,\"reason\":\"engine unreachable\"}\n");
    }

    @Test
    void metricsTellOfAFreshSnapshot() throws Exception {
        HttpResponse<String> answer = get("/metrics?name[]=x");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body()).contains("\nsluice_pressure 0.71\n", "\nsluice_in_flight 1.0\n");
    }

    @Test
    void theEngineGaugesCountWhatIsHeld() throws Exception {
        telemetry.onSignal(
                new EngineSample(1, 262_144, "cache_config_info", 0.5, 7, 2, -1, -1, -1, -1, -1, -1, false, 1));

        assertThat(get("/metrics/engine").body())
                .contains("\nvllm:num_requests_running 7.0\n")
                .contains("\nvllm:num_requests_waiting 14.0\n")
                .contains("\nvllm:kv_cache_usage_perc 0.71\n");
        assertThat(get("/metrics").body()).contains("\nsluice_requests_waiting 14.0\n");
    }

    @Test
    void theReportSaysWhyThereIsNone() throws Exception {
        assertThat(get("/report").body()).isEqualTo("{\"made\":null,\"missing\":\"not yet\"}\n");
    }

    @Test
    void metricsComeWithoutASnapshotToo() throws Exception {
        source.snapshot = CompletableFuture.failedFuture(new IllegalStateException("gate broken"));

        assertThat(get("/metrics").body()).contains("\nsluice_in_flight 1.0\n");
    }

    @Test
    void stateHasTheseFields() throws Exception {
        HttpResponse<String> answer = get("/state");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().strip()).isEqualTo("""
                        {"mode":"enforce","law":"working-set","upstream":"http://127.0.0.1:8000",\
                        "engine":{"kind":"vllm","version":"0.32.0","maxModelTokens":4096,"note":"","kvUsage":0.5,"hitRatio":0.9,\
                        "capabilities":{"poolSize":true},\
                        "figures":{"running":9.0},"pools":[{"id":"","tokens":262144,"kvUsage":0.5,"running":9.0,"waiting":null}]},\
                        "pool":{"tokens":262144,"source":"cache_config_info"},"pressure":0.71,"budget":0.85,"window":null,\
                        "permits":9,"inFlight":1,\
                        "agents":{"running":9,"resident":4,"waiting":12,"parked":30},\
                        "queue":{"size":12,"bytes":410000,"oldest":3.2,"limit":4096},\
                        "signals":{"fresh":true,"age":0.2,"failures":0},\
                        "loss":{"ratio":0.25,"expected":4000,"lost":600},\
                        "crowd":[{"state":"waiting","upTo":32768,"agents":12,"tokens":230000,"held":0}],\
                        "tenants":[{"name":"default","agents":55,"waiting":12,"held":190000}],\
                        "list":[{"id":"a1","source":"header:x-session-id","tenant":"default","parent":null,\
                        "state":"waiting","context":18233,"footprint":19400,"held":0,"steps":14,"since":1.9,"position":3,\
                        "estimate":6.5,"reason":"over-budget",\
                        "rank":1,"prefix":{"breaks":2,"recomputed":900,"cause":"history","message":4,"kept":0.5}},\
                        {"id":"a2","source":"none","tenant":"default","parent":"a1",\
                        "state":"running","context":0,"footprint":0,"held":0,"steps":0,"since":0.0,"position":0,\
                        "estimate":null,"reason":"",\
                        "rank":null,"prefix":{"breaks":0,"recomputed":0,"cause":null,"message":null,"kept":null}}]}""");
    }

    @Test
    void theDocumentationHasTheFieldsOfState() throws Exception {
        Set<String> fields = new TreeSet<>();
        collect("", new ObjectMapper().readTree(get("/state").body()), fields);

        String page = Files.readString(Path.of("docs/live-page.md"));
        String table = page.substring(page.indexOf("## State"), page.indexOf("## Explain"));
        Set<String> told = new TreeSet<>();
        for (String row : table.lines().filter(line -> line.startsWith("| `")).toList()) {
            Pattern.compile("`([^`]+)`")
                    .matcher(row.substring(0, row.indexOf(" | ")))
                    .results()
                    .forEach(match -> told.add(match.group(1)));
        }
        assertThat(told).isEqualTo(fields);
    }

    /** The paths of all leaves. What stands under names that are not ours to choose counts as one. */
    private static void collect(String path, JsonNode node, Set<String> fields) {
        boolean isOpen = path.equals("engine.capabilities") || path.equals("engine.figures");
        if (node.isArray()) {
            node.forEach(each -> collect(path + "[]", each, fields));
        } else if (node.isObject() && !isOpen) {
            node.properties()
                    .forEach(each -> collect(
                            path.isEmpty() ? each.getKey() : path + "." + each.getKey(), each.getValue(), fields));
        } else {
            fields.add(path);
        }
    }

    @Test
    void stateIsNullWhereNothingIsKnown() throws Exception {
        source.snapshot = CompletableFuture.completedFuture(FakeSource.unknowns());

        assertThat(get("/state").body())
                .contains("\"budget\":null,\"window\":8,")
                .contains("\"signals\":{\"fresh\":false,\"age\":null,\"failures\":7}");
    }

    @Test
    void stateSaysThatTheGateDoesNotAnswer() throws Exception {
        source.snapshot = CompletableFuture.failedFuture(new IllegalStateException("gate broken"));

        assertThat(get("/state").statusCode()).isEqualTo(503);
        assertThat(get("/state").body()).isEqualTo("{\"error\":\"the gate does not answer\"}\n");
    }

    @Test
    void aGateThatStandsStillDoesNotHoldTheOtherPages() throws Exception {
        source.snapshot = new CompletableFuture<>();

        var held = client.sendAsync(request("/state").build(), HttpResponse.BodyHandlers.ofString());

        assertThat(get("/health").statusCode()).isEqualTo(200);
        assertThat(held.join().statusCode()).isEqualTo(503);
    }

    @Test
    void headIsGetWithoutTheBody() throws Exception {
        HttpResponse<String> answer = send(request("/health").method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-length")).hasValue("16");
        assertThat(answer.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/states,404,",
        "GET,/agents/,404,",
        "GET,/agents/%zz,400,",
        "POST,/nothing,404,",
        "POST,/state,405,'GET, HEAD'",
        "DELETE,/health,405,'GET, HEAD'",
        "GET,/mode,405,POST",
        "HEAD,/events,405,GET",
        "POST,/agents/a1,405,'GET, HEAD, DELETE'"
    })
    void otherPathsAndMethodsAreRefusedInJson(String method, String path, int status, String allowed) throws Exception {
        if (path.endsWith("%zz") || method.equals("HEAD")) {
            String answer = raw(method + " " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n\n");
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
            return;
        }
        HttpResponse<String> answer = send(request(path).method(method, HttpRequest.BodyPublishers.ofString("{}")));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).startsWith("{\"error\":\"");
        assertThat(answer.headers().firstValue("allow").orElse(null)).isEqualTo(allowed);
    }

    @Test
    void requestsOnOneConnectionAreAnsweredInOrder() throws IOException {
        String answers = raw("""
                GET /health HTTP/1.1
                Host: localhost

                HEAD /health HTTP/1.1
                Host: localhost:1

                GET /none HTTP/1.1
                Host: [::1]:1
                Connection: close

                """);

        assertThat(answers.lines().filter(line -> line.startsWith("HTTP/1.1") || line.startsWith("{")))
                .containsExactly(
                        "HTTP/1.1 200 OK",
                        "{\"status\":\"ok\"}",
                        "HTTP/1.1 200 OK",
                        "HTTP/1.1 404 Not Found",
                        "{\"error\":\"no such page\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:80",
                "127.0.0.1.evil.example",
                "10.0.0.1",
                "localhost.x",
                "[::2]",
                "@"
            })
    void aLoopbackPortRefusesOtherHosts(String host) throws IOException {
        assertThat(raw("GET /state HTTP/1.1\nHost: " + host + "\nConnection: close\n\n"))
                .startsWith("HTTP/1.1 421 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:8", "127.0.0.1", "127.9.9.9:80", "[::1]", "[::1]:9090"})
    void aLoopbackPortAcceptsLoopbackHosts(String host) throws IOException {
        assertThat(raw("GET /health HTTP/1.1\nHost: " + host + "\nConnection: close\n\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void anyHostWillDoBeyondLoopback() throws IOException {
        assertThat(new HostCheck(InetAddress.getByName("0.0.0.0")).accepts("sluice.internal:9090"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /health HTTP/1.1\\n\\n | 400",
                "GET /health HTTP/1.1\\nHost: localhost\\nHost: localhost\\nConnection: close\\n\\n | 400",
                "nonsense\\n\\n | 400",
                "POST /state HTTP/1.1\\nHost: localhost\\nContent-Length: 16385\\n\\n | 413",
                "GET /health HTTP/1.1\\nConnection: close\\nHost: localhost\\nX: %s\\n\\n | 400"
            })
    void requestsAreBoundedAndWellFormed(String request, int status) throws IOException {
        String text = request.replace("\\n", "\n").replace("%s", "x".repeat(20_000));
        assertThat(raw(text.replace("HTTP/1.1\n\n", "HTTP/1.1\nConnection: close\n\n")))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void aTakenPortIsNamed() {
        String taken = "127.0.0.1:" + server.port();

        assertThatThrownBy(() -> AdminServer.start(new AdminConfig(taken, ""), source, telemetry, null))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("admin.listen: " + taken + " cannot be bound (");
    }

    private AdminServer start(AdminConfig config) {
        try {
            return AdminServer.start(config, source, telemetry, null);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path.replace("[]", "%5B%5D")));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Writes {@code request} as it stands, with the line ends of HTTP, and reads until the server closes. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
