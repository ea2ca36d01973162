package dev.sluice.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** OpenAI's bare completions: text, or token numbers, that the answer continues. */
final class CompletionsApi implements GenerationApi {

    private static final int DEFAULT_MAX_TOKENS = 16;

    @Override
    public void render(RequestBody body, TokenRule rule) throws BadRequest {
        JsonNode prompt = body.field("prompt");
        if (prompt.isArray() && prompt.size() == 1 && !prompt.get(0).isNumber()) {
            prompt = prompt.get(0);
        }
        if (prompt.isTextual() && !prompt.textValue().isEmpty()) {
            rule.text(prompt.textValue());
        } else if (prompt.isArray() && !prompt.isEmpty()) {
            for (JsonNode token : prompt) {
                if (!token.isIntegralNumber()) {
                    throw BadRequest.of("prompt: expected one prompt a request", "prompt");
                }
                rule.id(token.longValue());
            }
        } else {
            throw BadRequest.of("prompt: expected a text or a list of tokens, not empty", "prompt");
        }
    }

    @Override
    public Wish wish(RequestBody body) throws BadRequest {
        OptionalInt maxTokens = OptionalInt.of(body.tokens(1, "max_tokens").orElse(DEFAULT_MAX_TOKENS));
        return Wish.of(body, maxTokens, new Tool.Choice(Tool.Choice.Mode.NONE, null));
    }

    @Override
    public boolean turns() {
        return false;
    }

    @Override
    public AnswerForm form(Told told) {
        return new Form(told);
    }

    @Override
    public ObjectNode error(BadRequest refusal) {
        return refusal.openAi();
    }

    private record Form(Told told) implements AnswerForm {

        @Override
        public void start(EventStream out) {}

        @Override
        public void piece(Answer.Piece piece, EventStream out) {
            out.event(withChoice(piece.text(), null));
        }

        @Override
        public void end(EventStream out) {
            out.event(withChoice("", finishReason()));
            if (told.plan().body().field("stream_options").path("include_usage").asBoolean()) {
                ObjectNode chunk = envelope();
                chunk.putArray("choices");
                out.event(chunk.set("usage", told.openAiUsage()));
            }
            out.done();
        }

        @Override
        public ObjectNode whole() {
            return withChoice(told.answer().text(), finishReason()).set("usage", told.openAiUsage());
        }

        private ObjectNode withChoice(String text, @Nullable String finishReason) {
            ObjectNode choice = Json.object().put("index", 0).put("text", text);
            choice.putNull("logprobs").put("finish_reason", finishReason);
            ObjectNode chunk = envelope();
            chunk.putArray("choices").add(choice);
            return chunk;
        }

        private ObjectNode envelope() {
            return Json.object()
                    .put("id", "cmpl-" + told.id())
                    .put("object", "text_completion")
                    .put("created", told.createdSeconds())
                    .put("model", told.model());
        }

        private String finishReason() {
            return told.answer().stop().name().toLowerCase(Locale.ROOT);
        }
    }
}
