package dev.sluice.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** OpenAI's chat completions. */
final class ChatApi implements GenerationApi {

    @Override
    public void render(RequestBody body, TokenRule rule) throws BadRequest {
        Tool.render(Tool.from(body.field("tools")), rule);
        for (JsonNode message : body.list("messages")) {
            rule.open(message.path("role").asText(TokenRule.USER));
            rule.content(message.path("content"));
            for (JsonNode call : message.path("tool_calls")) {
                JsonNode function = call.path("function");
                rule.call(
                        function.path("name").asText(),
                        function.path("arguments").asText());
            }
            rule.close();
        }
        rule.open(TokenRule.ASSISTANT);
    }

    @Override
    public Wish wish(RequestBody body) throws BadRequest {
        return Wish.of(
                body,
                body.tokens(1, "max_completion_tokens", "max_tokens"),
                Tool.Choice.openAi(body.field("tool_choice")));
    }

    @Override
    public boolean turns() {
        return true;
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
        public void start(EventStream out) {
            out.event(chunk(Json.object().put("role", TokenRule.ASSISTANT).put("content", ""), null));
        }

        @Override
        public void piece(Answer.Piece piece, EventStream out) {
            switch (piece.kind()) {
                case TEXT -> out.event(chunk(Json.object().put("content", piece.text()), null));
                case CALL -> out.event(chunk(toolDelta(call(piece.text(), "").put("index", 0)), null));
                case ARGUMENTS -> {
                    ObjectNode more = Json.object().put("index", 0);
                    more.putObject("function").put("arguments", piece.text());
                    out.event(chunk(toolDelta(more), null));
                }
                case END -> {}
            }
        }

        @Override
        public void end(EventStream out) {
            out.event(chunk(Json.object(), finishReason()));
            if (told.plan().body().field("stream_options").path("include_usage").asBoolean()) {
                ObjectNode chunk = envelope("chat.completion.chunk");
                chunk.putArray("choices");
                out.event(chunk.set("usage", told.openAiUsage()));
            }
            out.done();
        }

        @Override
        public ObjectNode whole() {
            Answer answer = told.answer();
            ObjectNode message = Json.object().put("role", TokenRule.ASSISTANT);
            message.put("content", answer.text().isEmpty() ? null : answer.text());
            message.putNull("refusal");
            Answer.Call call = answer.call();
            if (call != null) {
                message.putArray("tool_calls").add(call(call.name(), call.arguments()));
            }
            ObjectNode choice = Json.object().put("index", 0);
            choice.set("message", message);
            choice.putNull("logprobs").put("finish_reason", finishReason());
            ObjectNode whole = envelope("chat.completion");
            whole.putArray("choices").add(choice);
            return whole.set("usage", told.openAiUsage());
        }

        private ObjectNode chunk(ObjectNode delta, @Nullable String finishReason) {
            ObjectNode choice = Json.object().put("index", 0);
            choice.set("delta", delta);
            choice.putNull("logprobs").put("finish_reason", finishReason);
            ObjectNode chunk = envelope("chat.completion.chunk");
            chunk.putArray("choices").add(choice);
            return chunk;
        }

        private ObjectNode envelope(String object) {
            return Json.object()
                    .put("id", "chatcmpl-" + told.id())
                    .put("object", object)
                    .put("created", told.createdSeconds())
                    .put("model", told.model());
        }

        private ObjectNode call(String name, String arguments) {
            ObjectNode call = Json.object().put("id", "call_" + told.id()).put("type", "function");
            call.putObject("function").put("name", name).put("arguments", arguments);
            return call;
        }

        private static ObjectNode toolDelta(ObjectNode call) {
            return Json.object().set("tool_calls", Json.array(call));
        }

        private String finishReason() {
            return told.answer().stop().name().toLowerCase(Locale.ROOT);
        }
    }
}
