package dev.sluice.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.engine.AuditEvidence;
import dev.sluice.engine.EngineFacts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an audit asks an engine beside its metrics: how it was started, and what it tells of a prompt that it is sent twice. */
final class EngineQuestions {

    private static final Logger LOG = LoggerFactory.getLogger(EngineQuestions.class);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 8 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A prompt may wait for its turn in an engine that is busy. */
    private static final Duration PROMPT_PATIENCE = Duration.ofMinutes(2);

    /** Enough for a block of any engine; words of a small vocabulary are several tokens each. */
    private static final int MOST_WORDS = 300;

    private final URI base;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    EngineQuestions(URI base) {
        this.base = base;
    }

    Map<String, String> settings(EngineFacts facts) throws InterruptedException {
        try {
            return switch (facts.kind()) {
                case "vllm" -> AuditEvidence.settingsOnPage(get("/metrics"));
                case "sglang" -> AuditEvidence.settingsInJson(get("/server_info"));
                default -> Map.of();
            };
        } catch (IOException e) {
            LOG.debug("The engine does not tell how it was started cause={}", e.toString());
            return Map.of();
        }
    }

    /** Sends a prompt twice, for one token each. */
    AuditEvidence.Reuse reuse(EngineFacts facts) throws InterruptedException {
        try {
            String model = JSON.readTree(get("/v1/models")).at("/data/0/id").asText();
            int words = facts.maxModelTokens() == 0
                    ? MOST_WORDS
                    : (int) Math.max(1, Math.min(MOST_WORDS, facts.maxModelTokens() / 16));
            String prompt = IntStream.range(0, words)
                    .mapToObj(word -> "word" + word % 97)
                    .collect(Collectors.joining(" "));
            usage(model, prompt);
            JsonNode usage = usage(model, prompt);
            return new AuditEvidence.Reuse(
                    usage.path("prompt_tokens").asLong(-1),
                    usage.at("/prompt_tokens_details/cached_tokens").asLong(-1));
        } catch (IOException e) {
            LOG.warn("The engine did not answer a prompt cause={}", e.toString());
            return AuditEvidence.Reuse.NOT_ASKED;
        }
    }

    private JsonNode usage(String model, String prompt) throws IOException, InterruptedException {
        String body = JSON.createObjectNode()
                .put("model", model)
                .put("prompt", prompt)
                .put("max_tokens", 1)
                .toString();
        return JSON.readTree(send(request("/v1/completions", PROMPT_PATIENCE)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))))
                .path("usage");
    }

    private byte[] get(String path) throws IOException, InterruptedException {
        return send(request(path, PATIENCE));
    }

    private HttpRequest.Builder request(String path, Duration patience) {
        return HttpRequest.newBuilder(URI.create(base.toString().replaceAll("/+$", "") + path))
                .timeout(patience);
    }

    private byte[] send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            byte[] bytes = body.readNBytes(MOST_BYTES);
            if (answer.statusCode() != 200) {
                throw new IOException(answer.uri() + " answered " + answer.statusCode());
            }
            return bytes;
        }
    }
}
