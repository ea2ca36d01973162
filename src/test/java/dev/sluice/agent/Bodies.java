package dev.sluice.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.api.AnswerReader;
import dev.sluice.api.BadRequestException;
import dev.sluice.api.RequestReader;
import dev.sluice.api.Route;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Requests and answers as clients and engines write them, read by the production readers. */
final class Bodies {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RequestReader READER = new RequestReader(Set.of());

    private Bodies() {}

    /**
     * What one side has said.
     *
     * @param call id of the tool call that it makes, or answers; null for none
     */
    record Said(String role, String text, @Nullable String call) {

        static Said user(String text) {
            return new Said("user", text, null);
        }
    }

    /** What stands before the messages. */
    record Head(String model, String system, @Nullable String tools) {}

    static Chain chain(Route route, Head head, List<Said> history) {
        return chain(route, body(route, head, history).toString());
    }

    static Chain chain(Route route, String body) {
        try {
            return READER.read(route, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8))
                    .chain();
        } catch (BadRequestException e) {
            throw new AssertionError(e);
        }
    }

    static ObjectNode body(Route route, Head head, List<Said> history) {
        ObjectNode body = JSON.createObjectNode().put("stream", true);
        ArrayNode messages = body.putArray(route == Route.RESPONSES ? "input" : "messages");
        if (route == Route.CHAT_COMPLETIONS) {
            messages.addObject().put("role", "system").put("content", head.system);
        } else {
            body.put(route == Route.RESPONSES ? "instructions" : "system", head.system);
        }
        for (int i = 0; i < history.size(); i++) {
            add(route, messages, history.get(i), i >= history.size() - 2);
        }
        body.put("model", head.model);
        if (head.tools != null) {
            body.putArray("tools").addObject().put("type", "function").put("name", head.tools);
        }
        return body;
    }

    private static void add(Route route, ArrayNode messages, Said said, boolean isMarked) {
        switch (route) {
            case CHAT_COMPLETIONS -> chat(messages, said);
            case MESSAGES -> anthropic(messages, said, isMarked);
            case RESPONSES -> items(messages, said);
            case COMPLETIONS -> throw new IllegalArgumentException("no messages there");
        }
    }

    private static void chat(ArrayNode messages, Said said) {
        ObjectNode message = messages.addObject().put("role", said.role).put("content", said.text);
        if (said.call != null && said.role.equals("assistant")) {
            calls(message.putArray("tool_calls"), said.call);
        } else if (said.call != null) {
            message.put("tool_call_id", said.call);
        }
    }

    private static void calls(ArrayNode calls, String id) {
        calls.addObject()
                .put("id", id)
                .put("type", "function")
                .putObject("function")
                .put("name", "run")
                .put("arguments", "{}");
    }

    /** As Claude Code does: what is last carries the mark of the cache, and text becomes a list for it. */
    private static void anthropic(ArrayNode messages, Said said, boolean isMarked) {
        boolean isAnswer = said.role.equals("assistant");
        ObjectNode message = messages.addObject().put("role", isAnswer ? "assistant" : "user");
        if (said.call == null && !isMarked) {
            message.put("content", said.text);
            return;
        }
        ArrayNode content = message.putArray("content");
        ObjectNode last;
        if (said.call != null && !isAnswer) {
            last = content.addObject()
                    .put("type", "tool_result")
                    .put("tool_use_id", said.call)
                    .put("content", said.text);
        } else {
            last = content.addObject().put("type", "text").put("text", said.text);
        }
        if (said.call != null && isAnswer) {
            last = content.addObject()
                    .put("type", "tool_use")
                    .put("id", said.call)
                    .put("name", "run");
            last.putObject("input");
        }
        if (isMarked) {
            last.putObject("cache_control").put("type", "ephemeral");
        }
    }

    private static void items(ArrayNode items, Said said) {
        boolean isAnswer = said.role.equals("assistant");
        if (said.call != null && !isAnswer) {
            items.addObject()
                    .put("type", "function_call_output")
                    .put("call_id", said.call)
                    .put("output", said.text);
            return;
        }
        ObjectNode item = items.addObject().put("role", isAnswer ? "assistant" : "user");
        item.putArray("content")
                .addObject()
                .put("type", isAnswer ? "output_text" : "input_text")
                .put("text", said.text);
        if (isAnswer && said.call != null) {
            items.addObject()
                    .put("type", "function_call")
                    .put("call_id", said.call)
                    .put("name", "run")
                    .put("arguments", "{}");
        }
    }

    /** What the production reader notes of an answer that says this. */
    static AnswerTrace trace(Route route, Said answer) {
        ObjectNode body = JSON.createObjectNode();
        switch (route) {
            case CHAT_COMPLETIONS -> chat(wrapped(body), answer);
            case MESSAGES -> anthropic(body.putArray("ignored"), answer, true);
            case RESPONSES -> items(body.putArray("output"), answer);
            case COMPLETIONS -> throw new IllegalArgumentException("no messages there");
        }
        if (route == Route.MESSAGES) {
            body.set("content", body.remove("ignored").get(0).get("content"));
        } else if (route == Route.CHAT_COMPLETIONS) {
            ArrayNode messages = (ArrayNode) body.remove("messages");
            body.putArray("choices").addObject().set("message", messages.get(0));
        }
        return trace(route, "application/json", body.toString());
    }

    private static ArrayNode wrapped(ObjectNode body) {
        return body.putArray("messages");
    }

    static AnswerTrace trace(Route route, String contentType, String answer) {
        AnswerReader reader = AnswerReader.of(route, contentType, false);
        reader.onBytes(Unpooled.copiedBuffer(answer, StandardCharsets.UTF_8)).release();
        reader.onEnd().release();
        return reader.trace();
    }
}
