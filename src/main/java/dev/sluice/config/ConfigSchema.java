package dev.sluice.config;

import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** The configuration file as a JSON Schema, made from the rules by which it is read. */
public final class ConfigSchema {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ConfigSchema() {}

    /** The schema, draft 2020-12, for editors and other programs that check YAML before Sluice does. */
    public static String json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "Sluice");
        open(root);
        for (Setting setting : ConfigReader.read("").settings()) {
            ObjectNode section = root;
            String[] path = setting.key().split("\\.", -1);
            for (String name : List.of(path).subList(0, path.length - 1)) {
                section = child(section, name);
            }
            ObjectNode leaf = properties(section).putObject(path[path.length - 1]);
            leaf.put("description", setting.expected() + "; default " + setting.text());
            for (Map.Entry<String, Object> keyword : setting.schema().entrySet()) {
                leaf.set(keyword.getKey(), JSON.valueToTree(keyword.getValue()));
            }
        }
        try {
            return JSON.writer(new DefaultPrettyPrinter()).writeValueAsString(root) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode child(ObjectNode section, String name) {
        ObjectNode properties = properties(section);
        if (properties.get(name) instanceof ObjectNode known) {
            return known;
        }
        return open(properties.putObject(name));
    }

    private static ObjectNode open(ObjectNode section) {
        section.put("type", "object").put("additionalProperties", false).putObject("properties");
        return section;
    }

    private static ObjectNode properties(ObjectNode section) {
        return (ObjectNode) section.get("properties");
    }
}
