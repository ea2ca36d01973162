package dev.sluice.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Anthropic's messages. {@code cache_control} is not rendered, so it may move from message to message. */
final class MessagesApi implements GenerationApi {

    @Override
    public void render(RequestBody body, TokenRule rule) throws BadRequest {
        Tool.render(Tool.from(body.field("tools")), rule);
        if (body.json().hasNonNull("system")) {
            rule.open(TokenRule.SYSTEM);
            rule.content(body.field("system"));
            rule.close();
        }
        for (JsonNode message : body.list("messages")) {
            turn(message.path("role").asText(TokenRule.USER), message.path("content"), rule);
        }
        rule.open(TokenRule.ASSISTANT);
    }

    /** Each tool's result is a turn of its own, as it would be in a chat. */
    private static void turn(String role, JsonNode content, TokenRule rule) throws BadRequest {
        if (!content.isArray()) {
            rule.open(role);
            rule.content(content);
            rule.close();
            return;
        }
        boolean open = false;
        for (JsonNode block : content) {
            boolean result = block.path("type").asText().equals("tool_result");
            if (open && result) {
                rule.close();
            }
            if (result || !open) {
                rule.open(result ? TokenRule.TOOL : role);
            }
            block(block, rule);
            if (result) {
                rule.close();
            }
            open = !result;
        }
        if (open) {
            rule.close();
        }
    }

    private static void block(JsonNode block, TokenRule rule) throws BadRequest {
        switch (block.path("type").asText()) {
            case "tool_use" -> rule.call(block.path("name").asText(), Json.canonical(block.path("input")));
            case "tool_result" -> rule.content(block.path("content"));
            case "thinking" -> rule.text(block.path("thinking").asText());
            default -> rule.part(block);
        }
    }

    @Override
    public Wish wish(RequestBody body) throws BadRequest {
        return Wish.of(body, body.tokens(1, "max_tokens"), Tool.Choice.anthropic(body.field("tool_choice")));
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
        return refusal.anthropic();
    }

    private static final class Form implements AnswerForm {

        private final Told told;
        private int blocks;
        private boolean blockOpen;

        Form(Told told) {
            this.told = told;
        }

        @Override
        public void start(EventStream out) {
            ObjectNode message = message();
            message.putNull("stop_reason").putNull("stop_sequence").set("usage", usage(0));
            out.event("message_start", typed("message_start").set("message", message));
        }

        @Override
        public void piece(Answer.Piece piece, EventStream out) {
            switch (piece.kind()) {
                case TEXT -> {
                    if (!blockOpen) {
                        openBlock(textBlock(""), out);
                    }
                    delta(typed("text_delta").put("text", piece.text()), out);
                }
                case CALL -> openBlock(callBlock(piece.text(), Json.object()), out);
                case ARGUMENTS -> delta(typed("input_json_delta").put("partial_json", piece.text()), out);
                case END -> {}
            }
        }

        @Override
        public void end(EventStream out) {
            closeBlock(out);
            ObjectNode event = typed("message_delta");
            event.putObject("delta").put("stop_reason", stopReason()).putNull("stop_sequence");
            out.event("message_delta", event.set("usage", usage(told.completionTokens())));
            out.event("message_stop", typed("message_stop"));
        }

        @Override
        public ObjectNode whole() {
            ObjectNode message = message();
            ArrayNode content = Json.array();
            if (!told.answer().text().isEmpty()) {
                content.add(textBlock(told.answer().text()));
            }
            Answer.Call call = told.answer().call();
            if (call != null) {
                content.add(callBlock(call.name(), call.input()));
            }
            message.set("content", content);
            message.put("stop_reason", stopReason()).putNull("stop_sequence");
            return message.set("usage", usage(told.completionTokens()));
        }

        private void openBlock(ObjectNode block, EventStream out) {
            closeBlock(out);
            blockOpen = true;
            ObjectNode event = typed("content_block_start").put("index", blocks);
            out.event("content_block_start", event.set("content_block", block));
        }

        private void delta(ObjectNode delta, EventStream out) {
            ObjectNode event = typed("content_block_delta").put("index", blocks);
            out.event("content_block_delta", event.set("delta", delta));
        }

        private void closeBlock(EventStream out) {
            if (blockOpen) {
                out.event("content_block_stop", typed("content_block_stop").put("index", blocks++));
                blockOpen = false;
            }
        }

        private ObjectNode message() {
            ObjectNode message = typed("message")
                    .put("id", "msg_" + told.id())
                    .put("role", TokenRule.ASSISTANT)
                    .put("model", told.model());
            message.putArray("content");
            return message;
        }

        private ObjectNode callBlock(String name, JsonNode input) {
            return typed("tool_use")
                    .put("id", "toolu_" + told.id())
                    .put("name", name)
                    .set("input", input);
        }

        /** Anthropic's input tokens leave out those read from the cache. */
        private ObjectNode usage(int outputTokens) {
            return Json.object()
                    .put("input_tokens", told.promptTokens() - told.cachedTokens())
                    .put("output_tokens", outputTokens)
                    .put("cache_creation_input_tokens", 0)
                    .put("cache_read_input_tokens", told.cachedTokens());
        }

        private String stopReason() {
            return switch (told.answer().stop()) {
                case STOP -> "end_turn";
                case LENGTH -> "max_tokens";
                case TOOL_CALLS -> "tool_use";
            };
        }

        private static ObjectNode textBlock(String text) {
            return typed("text").put("text", text);
        }

        private static ObjectNode typed(String type) {
            return Json.object().put("type", type);
        }
    }
}
