package dev.sluice.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function that the model may call, whatever API offered it. Immutable.
 *
 * @param name as the model calls it
 * @param description for the prompt
 * @param schema JSON schema of its arguments
 */
record Tool(String name, String description, JsonNode schema) {

    /**
     * When a tool is called.
     *
     * @param mode by the request, {@link Mode#AUTO} unless told
     * @param name the tool to call; null for any
     */
    record Choice(Mode mode, @Nullable String name) {

        enum Mode {
            NONE,
            AUTO,
            REQUIRED
        }

        /** OpenAI's form: a word, or an object that names a function here or one level down. */
        static Choice openAi(JsonNode choice) {
            if (choice.isObject()) {
                String name = choice.path("function")
                        .path("name")
                        .asText(choice.path("name").asText(""));
                return new Choice(Mode.REQUIRED, name.isEmpty() ? null : name);
            }
            return switch (choice.asText()) {
                case "none" -> new Choice(Mode.NONE, null);
                case "required" -> new Choice(Mode.REQUIRED, null);
                default -> new Choice(Mode.AUTO, null);
            };
        }

        static Choice anthropic(JsonNode choice) {
            return switch (choice.path("type").asText()) {
                case "none" -> new Choice(Mode.NONE, null);
                case "any" -> new Choice(Mode.REQUIRED, null);
                case "tool" -> new Choice(Mode.REQUIRED, choice.path("name").asText());
                default -> new Choice(Mode.AUTO, null);
            };
        }
    }

    /** Those of a request that have a name, in groups too; what an API runs itself (web search and the like) is not ours to call. */
    static List<Tool> from(JsonNode tools) {
        List<Tool> named = new ArrayList<>();
        for (JsonNode tool : tools) {
            named.addAll(from(tool.path("tools")));
            JsonNode function = tool.path("function").isObject() ? tool.path("function") : tool;
            if (function.path("name").isTextual()) {
                JsonNode schema =
                        function.has("input_schema") ? function.path("input_schema") : function.path("parameters");
                named.add(new Tool(
                        function.path("name").textValue(),
                        function.path("description").asText(""),
                        schema));
            }
        }
        return named;
    }

    /** Of the responses API: the name of the group in which a tool of that name is offered; null for none. */
    static @Nullable String namespaceOf(String name, JsonNode tools) {
        for (JsonNode group : tools) {
            for (JsonNode tool : group.path("tools")) {
                if (tool.path("name").asText().equals(name)) {
                    return group.path("name").asText();
                }
            }
        }
        return null;
    }

    /** All tools as one turn ahead of the conversation; none, no turn. */
    static void render(List<Tool> tools, TokenRule rule) {
        if (tools.isEmpty()) {
            return;
        }
        rule.open("tools");
        for (Tool tool : tools) {
            ObjectNode canonical = Json.object().put("name", tool.name).put("description", tool.description);
            if (tool.schema.isObject()) {
                canonical.set("parameters", tool.schema);
            }
            rule.text(Json.canonical(canonical));
        }
        rule.close();
    }
}
