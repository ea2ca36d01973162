package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EmulatorServerTest {

    private static final String MODEL = Preset.TINY.model();
    private static final double FAST = 100;
    /** So slow that an answer is never finished while a test looks at it. */
    private static final double SLOW = 0.001;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private EmulatorServer server = start(options(FAST));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void servesItsPages() throws Exception {
        assertThat(get("/health").statusCode()).isEqualTo(200);
        assertThat(json(get("/version")).path("version").asText()).startsWith("0.32.0");
        JsonNode model = json(get("/v1/models")).path("data").path(0);
        assertThat(model.path("id").asText()).isEqualTo(MODEL);
        assertThat(model.path("max_model_len").asInt()).isEqualTo(Preset.TINY.maxModelTokens());
    }

    @Test
    void refusesUnknownPathsAndMethods() throws Exception {
        assertThat(get("/v2/nothing").statusCode()).isEqualTo(404);
        assertThat(json(get("/v2/nothing")).path("detail").asText()).isEqualTo("Not Found");
        assertThat(get("/v1/chat/completions").statusCode()).isEqualTo(405);
        assertThat(send(request("/health").method("HEAD", HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
        assertThat(post("/metrics", "{}").statusCode()).isEqualTo(405);
    }

    @Test
    void refusesAsVllmDoes() throws Exception {
        JsonNode bad = json(expect(400, post("/v1/chat/completions", "{\"messages\":")));
        assertThat(bad.path("error").path("type").asText()).isEqualTo("BadRequestError");
        assertThat(bad.path("error").path("code").asInt()).isEqualTo(400);

        expect(400, post("/v1/chat/completions", "{\"messages\":7}"));
        expect(400, post("/v1/chat/completions", chat("hi").put("n", 2).toString()));
        expect(400, post("/v1/chat/completions", chat("hi").put("max_tokens", 0).toString()));
        expect(400, post("/v1/completions", "{\"prompt\":\"\"}"));
        expect(404, post("/v1/responses", "{\"input\":\"hi\",\"previous_response_id\":\"resp_1\"}"));

        JsonNode unknown = json(expect(
                404, post("/v1/chat/completions", chat("hi").put("model", "x").toString())));
        assertThat(unknown.path("error").path("message").asText()).isEqualTo("The model `x` does not exist.");

        JsonNode anthropic = json(
                expect(404, post("/v1/messages", chat("hi").put("model", "x").toString())));
        assertThat(anthropic.path("type").asText()).isEqualTo("error");
        assertThat(anthropic.path("error").path("type").asText()).isEqualTo("NotFoundError");
    }

    @Test
    void refusesWhatCannotFitTheContext() throws Exception {
        int limit = Preset.TINY.maxModelTokens();
        ObjectNode body = chat("hi".repeat(2 * limit)).put("max_tokens", 100);
        JsonNode error =
                json(expect(400, post("/v1/chat/completions", body.toString()))).path("error");

        assertThat(error.path("message").asText())
                .startsWith("This model's maximum context length is " + limit
                        + " tokens. However, you requested 100 output tokens and your prompt contains at least "
                        + (limit - 99) + " input tokens");
        assertThat(error.path("param").asText()).isEqualTo("input_tokens");
        assertThat(server.stats().waiting()).isZero();
    }

    @Test
    void streamsOneChunkForEachToken() throws Exception {
        ObjectNode body = chat("hi").put("stream", true).put("max_tokens", 12).put("ignore_eos", true);
        body.putObject("stream_options").put("include_usage", true);
        List<String> lines = post("/v1/chat/completions", body.toString())
                .body()
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();

        assertThat(lines).allMatch(line -> line.startsWith("data: ")).hasSize(1 + 12 + 1 + 1 + 1);
        assertThat(lines.get(lines.size() - 1)).isEqualTo("data: [DONE]");
        JsonNode first = event(lines.get(0)).path("choices").path(0).path("delta");
        assertThat(first.path("role").asText()).isEqualTo("assistant");
        JsonNode finish = event(lines.get(lines.size() - 3)).path("choices").path(0);
        assertThat(finish.path("finish_reason").asText()).isEqualTo("length");
        JsonNode usage = event(lines.get(lines.size() - 2));
        assertThat(usage.path("choices").isEmpty()).isTrue();
        assertThat(usage.path("usage").path("completion_tokens").asInt()).isEqualTo(12);
    }

    @Test
    void leavesUsageOutOfAStreamThatDidNotAskForIt() throws Exception {
        String body = chat("hi").put("stream", true).put("max_tokens", 4).toString();
        assertThat(post("/v1/chat/completions", body).body()).doesNotContain("usage");
        assertThat(post("/v1/completions", "{\"prompt\":\"a\",\"stream\":true}").body())
                .doesNotContain("usage");
    }

    @Test
    void anAgentsSecondStepHitsAllItsFullBlocks() throws Exception {
        ObjectNode body = chat("hello there ".repeat(100));
        JsonNode first = json(expect(200, post("/v1/chat/completions", body.toString())));
        assertThat(cached(first)).isZero();

        ArrayNode messages = (ArrayNode) body.path("messages");
        messages.add(first.path("choices").path(0).path("message"));
        messages.addObject().put("role", "user").put("content", "go on");
        JsonNode second = json(expect(200, post("/v1/chat/completions", body.toString())));

        // The last generated token's KV is never computed, so the block that it fills may be missing.
        int context = first.path("usage").path("total_tokens").asInt();
        assertThat(cached(second)).isBetween(context - 2 * Preset.BLOCK_TOKENS + 1, context);

        body.put("cache_salt", "other");
        assertThat(cached(json(post("/v1/chat/completions", body.toString())))).isZero();
    }

    @Test
    void countsTokensAsItBillsThem() throws Exception {
        String body = chat("hello there").put("max_tokens", 10).toString();
        int counted = json(post("/v1/messages/count_tokens", body))
                .path("input_tokens")
                .asInt();
        JsonNode usage = json(post("/v1/messages", body)).path("usage");
        assertThat(usage.path("input_tokens").asInt()
                        + usage.path("cache_read_input_tokens").asInt())
                .isEqualTo(counted);
    }

    @Test
    void metricsPageTellsWhatHappened() throws Exception {
        expect(200, post("/v1/chat/completions", chat("hi").put("max_tokens", 5).toString()));
        String page = get("/metrics").body();

        String labels = "{engine=\"0\",model_name=\"" + MODEL + "\"";
        assertThat(page)
                .contains("vllm:num_requests_running" + labels + "} 0.0")
                .contains("vllm:num_requests_waiting" + labels + "} 0.0")
                .contains("vllm:num_requests_waiting_by_reason" + labels + ",reason=\"capacity\"} 0.0")
                .contains("vllm:kv_cache_usage_perc" + labels + "} 0.0")
                .contains("vllm:generation_tokens_total" + labels + "} 5.0")
                .contains("vllm:prefix_cache_queries_total" + labels)
                .contains("vllm:prefix_cache_hits_created" + labels)
                .contains("vllm:prompt_tokens_by_source_total" + labels + ",source=\"local_compute\"}")
                .contains("vllm:num_preemptions_total" + labels + "} 0.0")
                .contains("vllm:request_success_total" + labels + ",finished_reason=\"length\"} 1.0")
                .contains("vllm:time_to_first_token_seconds_bucket" + labels + ",le=\"+Inf\"} 1.0")
                .contains("vllm:time_to_first_token_seconds_count" + labels + "} 1.0")
                .contains("kv_cache_size_tokens=\"" + Preset.TINY.poolTokens() + '"')
                .contains("num_gpu_blocks=\"" + Preset.TINY.poolTokens() / Preset.BLOCK_TOKENS + '"')
                .contains("enable_prefix_caching=\"True\"");
    }

    @Test
    void aClientThatLeavesFreesTheEngine() throws Exception {
        server.close();
        server = start(options(SLOW));
        for (boolean streamed : new boolean[] {true, false}) {
            long abortedBefore = server.stats().aborted();
            try (Socket client = new Socket("127.0.0.1", server.port())) {
                write(
                        client,
                        "POST",
                        "/v1/chat/completions",
                        chat("hi").put("stream", streamed).toString());
                if (streamed) {
                    // The head comes before the first token.
                    assertThat(readLine(client.getInputStream())).isEqualTo("HTTP/1.1 200 OK");
                }
                Eventually.await("accepted", () -> server.openConnections() == 1);
                assertThat(get("/health").statusCode()).isEqualTo(200);
                Eventually.await("in the engine", this::holdsWork);
            }
            Eventually.await("aborted", () -> server.stats().aborted() == abortedBefore + 1);
            assertThat(server.stats().running() + server.stats().waiting()).isZero();
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (Socket client = new Socket("127.0.0.1", server.port())) {
            String body = chat("hi").put("max_tokens", 3).toString();
            write(client, "POST", "/v1/chat/completions", body);
            write(client, "GET", "/version", "");
            String answers = readUntil(client.getInputStream(), "emulated\"}");
            assertThat(answers.indexOf("chat.completion")).isPositive().isLessThan(answers.indexOf("0.32.0"));
        }
    }

    @Test
    void tellsAClientThatAsksFirstToGoOn() throws Exception {
        HttpRequest.Builder request = request("/v1/chat/completions")
                .expectContinue(true)
                .POST(HttpRequest.BodyPublishers.ofString(
                        chat("hi").put("max_tokens", 3).toString()));
        assertThat(send(request).statusCode()).isEqualTo(200);
    }

    @Test
    void closesAnIdleConnectionWithoutAWord() throws Exception {
        server.close();
        server = start(options(FAST).withKeepAlive(Duration.ofMillis(50)));
        try (Socket client = new Socket("127.0.0.1", server.port())) {
            client.setSoTimeout(30_000);
            write(client, "GET", "/version", "");
            String all = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(all)
                    .startsWith("HTTP/1.1 200 OK")
                    .endsWith("emulated\"}")
                    .doesNotContain("connection: close");
        }
        Eventually.await("closed", () -> server.openConnections() == 0);
    }

    @Test
    void aTakenPortIsAnError() {
        EmulatorServer.Options taken = new EmulatorServer.Options("127.0.0.1", server.port(), Preset.TINY, 1, 1);
        assertThatThrownBy(() -> EmulatorServer.start(taken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(String.valueOf(server.port()));
    }

    @Test
    void refusesASpeedThatIsNone() {
        assertThatThrownBy(() -> options(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("speed: 0.0 (expected: above 0)");
    }

    private boolean holdsWork() {
        try {
            return get("/metrics")
                    .body()
                    .lines()
                    .anyMatch(line -> line.matches("vllm:num_requests_(running|waiting)\\{.*} 1.0"));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static EmulatorServer.Options options(double speed) {
        return new EmulatorServer.Options("127.0.0.1", 0, Preset.TINY, speed, 1);
    }

    private static EmulatorServer start(EmulatorServer.Options options) {
        try {
            return EmulatorServer.start(options);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ObjectNode chat(String content) {
        ObjectNode body = Json.object().put("model", MODEL);
        body.putArray("messages").addObject().put("role", "user").put("content", content);
        return body;
    }

    private static int cached(JsonNode answer) {
        return answer.path("usage")
                .path("prompt_tokens_details")
                .path("cached_tokens")
                .asInt(-1);
    }

    private HttpRequest.Builder request(String path) {
        URI uri = server.uri().resolve(path);
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> expect(int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer;
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return Json.MAPPER.readTree(answer.body());
    }

    private static JsonNode event(String line) throws IOException {
        return Json.MAPPER.readTree(line.substring("data: ".length()));
    }

    private static void write(Socket client, String method, String path, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = method + ' ' + path + " HTTP/1.1\r\nHost: e\r\nContent-Length: " + bytes.length + "\r\n\r\n";
        client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        client.getOutputStream().write(bytes);
    }

    private static String readLine(InputStream in) throws IOException {
        return readUntil(in, "\r\n").strip();
    }

    private static String readUntil(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            text.append((char) next);
            if (text.length() >= end.length()
                    && text.substring(text.length() - end.length()).equals(end)) {
                break;
            }
        }
        return text.toString();
    }
}
