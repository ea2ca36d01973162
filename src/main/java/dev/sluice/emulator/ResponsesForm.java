package dev.sluice.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** An answer as OpenAI's responses API writes it: a message item, then maybe a function call item. */
final class ResponsesForm implements AnswerForm {

    private final GenerationApi.Told told;
    private final Answer answer;
    private int events;
    private int closedItems;
    private boolean textOpen;

    ResponsesForm(GenerationApi.Told told) {
        this.told = told;
        this.answer = told.answer();
    }

    @Override
    public void start(EventStream out) {
        event("response.created", Json.object().set("response", response("in_progress")), out);
        event("response.in_progress", Json.object().set("response", response("in_progress")), out);
    }

    @Override
    public void piece(Answer.Piece piece, EventStream out) {
        switch (piece.kind()) {
            case TEXT -> {
                if (!textOpen) {
                    openText(out);
                }
                ObjectNode delta = inText(Json.object()).put("delta", piece.text());
                delta.putArray("logprobs");
                event("response.output_text.delta", delta, out);
            }
            case CALL -> {
                closeText(out);
                event("response.output_item.added", item(callItem("in_progress", piece.text(), "")), out);
            }
            case ARGUMENTS ->
                event("response.function_call_arguments.delta", inItem("fc_").put("delta", piece.text()), out);
            case END -> {}
        }
    }

    @Override
    public void end(EventStream out) {
        closeText(out);
        Answer.Call call = answer.call();
        if (call != null) {
            event(
                    "response.function_call_arguments.done",
                    inItem("fc_").put("name", call.name()).put("arguments", call.arguments()),
                    out);
            event("response.output_item.done", item(callItem("completed", call.name(), call.arguments())), out);
        }
        event("response.completed", Json.object().set("response", whole()), out);
    }

    @Override
    public ObjectNode whole() {
        ObjectNode response = response(status());
        ArrayNode output = response.putArray("output");
        if (!answer.text().isEmpty()) {
            output.add(messageItem(status(), Json.array(textPart(answer.text()))));
        }
        Answer.Call call = answer.call();
        if (call != null) {
            output.add(callItem("completed", call.name(), call.arguments()));
        }
        if (answer.stop() == Answer.Stop.LENGTH) {
            response.putObject("incomplete_details").put("reason", "max_output_tokens");
        }
        return response.set("usage", usage());
    }

    private void openText(EventStream out) {
        textOpen = true;
        event("response.output_item.added", item(messageItem("in_progress", Json.array())), out);
        event("response.content_part.added", inText(Json.object()).set("part", textPart("")), out);
    }

    private void closeText(EventStream out) {
        if (!textOpen) {
            return;
        }
        ObjectNode done = inText(Json.object()).put("text", answer.text());
        done.putArray("logprobs");
        event("response.output_text.done", done, out);
        event("response.content_part.done", inText(Json.object()).set("part", textPart(answer.text())), out);
        event("response.output_item.done", item(messageItem("completed", Json.array(textPart(answer.text())))), out);
        textOpen = false;
        closedItems++;
    }

    private void event(String type, ObjectNode data, EventStream out) {
        out.event(type, data.put("type", type).put("sequence_number", events++));
    }

    private ObjectNode item(ObjectNode item) {
        return Json.object().put("output_index", closedItems).set("item", item);
    }

    private ObjectNode inItem(String prefix) {
        return Json.object().put("item_id", prefix + told.id()).put("output_index", closedItems);
    }

    private ObjectNode inText(ObjectNode data) {
        return data.put("content_index", 0).setAll(inItem("msg_"));
    }

    private ObjectNode messageItem(String status, ArrayNode content) {
        return Json.object()
                .put("id", "msg_" + told.id())
                .put("type", "message")
                .put("role", TokenRule.ASSISTANT)
                .put("status", status)
                .set("content", content);
    }

    private ObjectNode callItem(String status, String name, String arguments) {
        ObjectNode item = Json.object()
                .put("id", "fc_" + told.id())
                .put("type", "function_call")
                .put("status", status)
                .put("call_id", "call_" + told.id())
                .put("name", name)
                .put("arguments", arguments);
        String namespace = Tool.namespaceOf(name, told.plan().body().field("tools"));
        return namespace == null ? item : item.put("namespace", namespace);
    }

    private static ObjectNode textPart(String text) {
        ObjectNode part = Json.object().put("type", "output_text").put("text", text);
        part.putArray("annotations");
        part.putArray("logprobs");
        return part;
    }

    private ObjectNode response(String status) {
        RequestBody asked = told.plan().body();
        ObjectNode response = Json.object()
                .put("id", "resp_" + told.id())
                .put("object", "response")
                .put("created_at", told.createdSeconds())
                .put("status", status)
                .put("model", told.model())
                .put("parallel_tool_calls", false)
                .put("temperature", 1.0)
                .put("top_p", 1.0);
        response.putNull("error").putNull("incomplete_details").putNull("previous_response_id");
        response.set("instructions", orNull(asked.field("instructions")));
        response.set("max_output_tokens", orNull(asked.field("max_output_tokens")));
        response.set("tools", asked.field("tools").isArray() ? asked.field("tools") : Json.array());
        response.putObject("metadata");
        JsonNode choice = asked.field("tool_choice");
        if (choice.isTextual() || choice.isObject()) {
            response.set("tool_choice", choice);
        } else {
            response.put("tool_choice", "auto");
        }
        response.putArray("output");
        return response;
    }

    private ObjectNode usage() {
        ObjectNode usage = Json.object().put("input_tokens", told.promptTokens());
        usage.putObject("input_tokens_details")
                .put("cached_tokens", told.cachedTokens())
                .put("cache_write_tokens", 0);
        usage.put("output_tokens", told.completionTokens());
        usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
        return usage.put("total_tokens", told.promptTokens() + told.completionTokens());
    }

    private String status() {
        return answer.stop() == Answer.Stop.LENGTH ? "incomplete" : "completed";
    }

    private static JsonNode orNull(JsonNode value) {
        return value.isMissingNode() ? Json.object().nullNode() : value;
    }
}
