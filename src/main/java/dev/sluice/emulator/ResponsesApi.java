package dev.sluice.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** OpenAI's responses, without a store: each request brings its whole history. */
final class ResponsesApi implements GenerationApi {

    @Override
    public void render(RequestBody body, TokenRule rule) throws BadRequest {
        String previous = body.text("previous_response_id");
        if (!previous.isEmpty() && !body.field("previous_response_id").isNull()) {
            throw BadRequest.unknownResponse(previous);
        }
        Tool.render(Tool.from(body.field("tools")), rule);
        if (body.json().hasNonNull("instructions")) {
            turn(TokenRule.SYSTEM, body.field("instructions"), rule);
        }
        JsonNode input = body.field("input");
        if (input.isTextual()) {
            turn(TokenRule.USER, input, rule);
        } else {
            items(body.list("input"), rule);
        }
        rule.open(TokenRule.ASSISTANT);
    }

    /** What the model said comes back as several items; one after the other, they are one turn. */
    private static void items(JsonNode items, TokenRule rule) throws BadRequest {
        boolean answering = false;
        for (JsonNode item : items) {
            String type = item.path("type").asText("message");
            String role = type.equals("message")
                    ? item.path("role").asText(TokenRule.USER)
                    : type.endsWith("_output") ? TokenRule.TOOL : TokenRule.ASSISTANT;
            boolean answer = role.equals(TokenRule.ASSISTANT);
            if (answering && !answer) {
                rule.close();
            }
            if (!answer) {
                turn(role, type.equals("message") ? item.path("content") : item.path("output"), rule);
            } else {
                if (!answering) {
                    rule.open(role);
                }
                answerItem(type, item, rule);
            }
            answering = answer;
        }
        if (answering) {
            rule.close();
        }
    }

    private static void answerItem(String type, JsonNode item, TokenRule rule) throws BadRequest {
        switch (type) {
            case "message" -> rule.content(item.path("content"));
            case "function_call" ->
                rule.call(item.path("name").asText(), item.path("arguments").asText());
            default -> rule.text(Json.canonical(item));
        }
    }

    private static void turn(String role, JsonNode content, TokenRule rule) throws BadRequest {
        rule.open(role);
        rule.content(content);
        rule.close();
    }

    @Override
    public Wish wish(RequestBody body) throws BadRequest {
        return Wish.of(body, body.tokens(1, "max_output_tokens"), Tool.Choice.openAi(body.field("tool_choice")));
    }

    @Override
    public boolean turns() {
        return true;
    }

    @Override
    public AnswerForm form(Told told) {
        return new ResponsesForm(told);
    }

    @Override
    public ObjectNode error(BadRequest refusal) {
        return refusal.openAi();
    }
}
