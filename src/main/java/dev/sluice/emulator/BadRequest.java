package dev.sluice.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/** Why a request is refused, with vLLM's words for it. Carries no stack: it is an answer, not a fault of ours. */
@SuppressWarnings("serial")
final class BadRequest extends Exception {

    private final HttpResponseStatus status;
    private final String type;
    private final @Nullable String param;

    private BadRequest(HttpResponseStatus status, String type, String message, @Nullable String param) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.param = param;
    }

    static BadRequest of(String message) {
        return new BadRequest(HttpResponseStatus.BAD_REQUEST, "BadRequestError", message, null);
    }

    static BadRequest of(String message, String param) {
        return new BadRequest(HttpResponseStatus.BAD_REQUEST, "BadRequestError", message, param);
    }

    static BadRequest unknownModel(String model) {
        return new BadRequest(
                HttpResponseStatus.NOT_FOUND, "NotFoundError", "The model `" + model + "` does not exist.", "model");
    }

    static BadRequest unknownResponse(String id) {
        return new BadRequest(
                HttpResponseStatus.NOT_FOUND,
                "NotFoundError",
                "Response with id '" + id + "' not found.",
                "response_id");
    }

    static BadRequest engineDead() {
        return new BadRequest(
                HttpResponseStatus.SERVICE_UNAVAILABLE, "ServiceUnavailableError", "The engine is dead.", null);
    }

    /** vLLM stops counting a prompt one token past what fits; the number it tells is a lower bound. */
    static BadRequest tooLong(int limitTokens, int outputTokens) {
        int inputTokens = Math.max(0, limitTokens - outputTokens) + 1;
        String message = "This model's maximum context length is " + limitTokens + " tokens. However, you requested "
                + outputTokens + " output tokens and your prompt contains at least " + inputTokens
                + " input tokens, for a total of at least " + ((long) inputTokens + outputTokens)
                + " tokens. Please reduce the length of the input prompt or the number of requested output tokens."
                + " (parameter=input_tokens, value=" + inputTokens + ")";
        return of(message, "input_tokens");
    }

    HttpResponseStatus status() {
        return status;
    }

    ObjectNode openAi() {
        ObjectNode error = Json.object().put("message", getMessage()).put("type", type);
        error.put("param", param).put("code", status.code());
        return Json.object().set("error", error);
    }

    ObjectNode anthropic() {
        ObjectNode error = Json.object().put("type", type).put("message", getMessage());
        return Json.object().put("type", "error").set("error", error);
    }
}
