package dev.sluice.simulate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One agent over HTTP, as real ones are: streamed chat completions with the whole history each time, a tool call at the
 * end of each answer but the last, a pause while the tool works, {@code Retry-After} obeyed. Blocks its thread.
 */
final class HttpAgent {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BYTES_PER_TOKEN = 4;
    private static final int MOST_TRIES = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(300);
    private static final String TOOL = """
            [{"type":"function","function":{"name":"open","description":"Opens a page.","parameters":
            {"type":"object","properties":{"page":{"type":"integer"}},"required":["page"]}}}]""";

    /** Where the agents of a run send their requests. */
    record Target(HttpClient client, URI chat, String model) {}

    private final AgentScript script;
    private final Target target;
    private final Tally tally;
    private final ArrayNode messages = JSON.createArrayNode();

    HttpAgent(AgentScript script, Target target, Tally tally) {
        this.script = script;
        this.target = target;
        this.tally = tally;
    }

    /** Runs the script to its end. */
    void run() throws IOException, InterruptedException {
        long startNanos = System.nanoTime();
        int last = script.steps().size() - 1;
        for (int step = 0; step <= last; step++) {
            AgentScript.StepScript now = script.steps().get(step);
            hear(step);
            Answer answer = ask(now, step == last);
            tally.onFirstToken(script.kind(), step > 0, answer.firstTokenNanos, answer.waitedNanos);
            tally.onStep(script.addedTokens(step));
            tally.onContext(script.name(), answer.contextTokens);
            if (step < last) {
                TimeUnit.NANOSECONDS.sleep(now.pauseNanos());
            }
        }
        tally.onContext(script.name(), 0);
        long endNanos = System.nanoTime();
        tally.onAgentEnd(script, endNanos - startNanos, endNanos - tally.startNanos());
    }

    /** What comes before the next answer: the system prompt and the task, or the result of the tool. */
    private void hear(int step) {
        if (step == 0) {
            message("system").put("content", text("everybody", script.sharedTokens()));
            message("user").put("content", text(script.name(), script.addedTokens(step)));
            return;
        }
        JsonNode calls = messages.get(messages.size() - 1).path("tool_calls");
        message("tool")
                .put("tool_call_id", calls.path(0).path("id").asText("call"))
                .put("content", text(script.name() + step, script.addedTokens(step)));
    }

    private ObjectNode message(String role) {
        return messages.addObject().put("role", role);
    }

    /** Words that are nobody else's, one token each. */
    private static String text(String owner, int tokens) {
        int seed = owner.hashCode();
        StringBuilder text = new StringBuilder(tokens * BYTES_PER_TOKEN);
        for (int token = 0; token < tokens; token++) {
            seed = seed * 1_664_525 + 1_013_904_223;
            text.append((char) ('a' + (seed >>> 27) % 26));
            text.append((char) ('a' + ((seed >>> 22) & 31) % 26));
            text.append((char) ('a' + ((seed >>> 17) & 31) % 26)).append(' ');
        }
        return text.toString();
    }

    private Answer ask(AgentScript.StepScript now, boolean last) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(target.chat)
                .header("content-type", "application/json")
                .header("x-session-id", script.name())
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(body(now, last)))
                .build();
        long askedNanos = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            HttpResponse<Stream<String>> response = target.client.send(request, HttpResponse.BodyHandlers.ofLines());
            try (Stream<String> lines = response.body()) {
                if (response.statusCode() == 200) {
                    return read(lines, askedNanos, waitedNanos(response));
                }
            }
            if (attempt == MOST_TRIES) {
                throw new IOException("agent " + script.name() + " was refused " + attempt + " times, at last with "
                        + response.statusCode());
            }
            TimeUnit.SECONDS.sleep(
                    response.headers().firstValueAsLong("retry-after").orElse(1));
        }
    }

    private static long waitedNanos(HttpResponse<?> response) {
        return TimeUnit.MILLISECONDS.toNanos(
                response.headers().firstValueAsLong("sluice-wait-ms").orElse(0));
    }

    private String body(AgentScript.StepScript now, boolean last) throws JsonProcessingException {
        ObjectNode body = JSON.createObjectNode().put("model", target.model).put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        body.put("max_tokens", now.outputTokens()).put("ignore_eos", true);
        body.set("tools", JSON.readTree(TOOL));
        body.put("tool_choice", last ? "none" : "required");
        body.set("messages", messages);
        return JSON.writeValueAsString(body);
    }

    /** What one answer said. */
    private static final class Answer {
        final StringBuilder content = new StringBuilder();
        final ArrayNode toolCalls = JSON.createArrayNode();
        long firstTokenNanos;
        long waitedNanos;
        int contextTokens;
    }

    private Answer read(Stream<String> lines, long askedNanos, long waitedNanos) throws IOException {
        Answer answer = new Answer();
        answer.waitedNanos = waitedNanos;
        for (Iterator<String> events = lines.iterator(); events.hasNext(); ) {
            String line = events.next();
            if (!line.startsWith("data: {")) {
                continue;
            }
            JsonNode chunk = JSON.readTree(line.substring("data: ".length()));
            if (chunk.has("error")) {
                throw new IOException("the engine broke off: " + chunk.get("error"));
            }
            JsonNode delta = chunk.path("choices").path(0).path("delta");
            if (answer.firstTokenNanos == 0
                    && (delta.hasNonNull("content") || delta.has("tool_calls"))
                    && !(delta.path("content").asText("").isEmpty() && !delta.has("tool_calls"))) {
                answer.firstTokenNanos = System.nanoTime() - askedNanos;
            }
            answer.content.append(delta.path("content").asText(""));
            delta.path("tool_calls").forEach(call -> merge(answer.toolCalls, call));
            answer.contextTokens = chunk.path("usage").path("total_tokens").asInt(answer.contextTokens);
        }
        ObjectNode said = message("assistant").put("content", answer.content.toString());
        if (!answer.toolCalls.isEmpty()) {
            said.set("tool_calls", answer.toolCalls);
        }
        return answer;
    }

    /** A tool call comes in pieces: name and id first, then its arguments. */
    private static void merge(ArrayNode calls, JsonNode piece) {
        int index = piece.path("index").asInt(0);
        while (calls.size() <= index) {
            ObjectNode call = calls.addObject().put("type", "function");
            call.putObject("function").put("name", "").put("arguments", "");
        }
        ObjectNode call = (ObjectNode) calls.get(index);
        ObjectNode function = (ObjectNode) call.get("function");
        if (piece.hasNonNull("id")) {
            call.put("id", piece.get("id").asText());
        }
        JsonNode more = piece.path("function");
        function.put("name", function.get("name").asText() + more.path("name").asText(""));
        function.put(
                "arguments",
                function.get("arguments").asText() + more.path("arguments").asText(""));
    }
}
