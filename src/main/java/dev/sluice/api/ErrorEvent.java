package dev.sluice.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * An error amid a stream, as the event by which the clients of each route know it: {@code data} with an error object for chat
 * and completions, an {@code error} event for Anthropic's, {@code response.failed} for responses. The last one carries the error
 * object beside the response, for OpenAI's SDKs look for that alone.
 */
public final class ErrorEvent {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ErrorEvent() {}

    /** An error of our own. */
    public static byte[] of(Route route, ErrorCode code, String message) {
        return event(route, read(ErrorBody.of(route, code, message)));
    }

    /**
     * An error that the engine answered instead of a stream.
     *
     * @param body of its answer; what is no JSON object is not passed on
     */
    public static byte[] of(Route route, int status, byte[] body) {
        JsonNode told = read(body);
        if (told.path("error").isObject()) {
            return event(route, told);
        }
        String message = told.path("message").asText("the engine answered with status " + status);
        ObjectNode own = (ObjectNode) read(ErrorBody.of(route, ErrorCode.ENGINE_DIED, message));
        ((ObjectNode) own.path("error")).put("code", status);
        return event(route, own);
    }

    private static byte[] event(Route route, JsonNode error) {
        String event =
                switch (route) {
                    case CHAT_COMPLETIONS, COMPLETIONS -> "data: " + error + "\n\n";
                    case MESSAGES -> "event: error\ndata: " + error + "\n\n";
                    case RESPONSES -> "event: response.failed\ndata: " + failed(error) + "\n\n";
                };
        return event.getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode failed(JsonNode told) {
        JsonNode error = told.path("error");
        ObjectNode failed =
                JSON.createObjectNode().put("type", "response.failed").put("sequence_number", 0);
        failed.putObject("response")
                .put("id", "resp_failed")
                .put("object", "response")
                .put("created_at", 0)
                .put("status", "failed")
                .put("model", "")
                .<ObjectNode>set(
                        "error",
                        JSON.createObjectNode()
                                .put("code", error.path("code").asText("server_error"))
                                .put("message", error.path("message").asText()))
                .putArray("output");
        return failed.set("error", error);
    }

    private static JsonNode read(byte[] body) {
        try {
            JsonNode read = JSON.readTree(body);
            return read == null ? JSON.missingNode() : read;
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory cannot fail", e);
        }
    }
}
