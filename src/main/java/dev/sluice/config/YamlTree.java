package dev.sluice.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.util.List;
import java.util.Map;

/** YAML as a tree of plain values. Aliases are not followed, so that a small file cannot become a large tree. */
final class YamlTree {

    private static final int MAX_DEPTH = 8;

    private static final YAMLMapper MAPPER = YAMLMapper.builder(YAMLFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
                    // "off" is a mode and a law, not false.
                    .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private YamlTree() {}

    /** An empty mapping, and a further problem, if {@code yaml} is no single mapping. */
    static ObjectNode parse(String yaml, List<Problem> problems) {
        try {
            JsonNode root = MAPPER.readTree(yaml);
            if (root instanceof ObjectNode mapping) {
                return mapping;
            }
            if (!root.isMissingNode() && !root.isNull()) {
                problems.add(new Problem("", root.isArray() ? "a list" : root.asText(), "a mapping of keys to values"));
            }
        } catch (JsonProcessingException e) {
            problems.add(syntax(e));
        }
        return MAPPER.createObjectNode();
    }

    /** A value by itself, as it may stand behind a key; what is no YAML is a text. */
    static JsonNode value(String yaml) {
        try {
            JsonNode value = MAPPER.readTree(yaml);
            return value.isMissingNode() ? TextNode.valueOf("") : value;
        } catch (JsonProcessingException notYaml) {
            return TextNode.valueOf(yaml);
        }
    }

    /** Puts values at dotted keys, in the place of what is there. Does nothing where a section is no section. */
    static void put(ObjectNode root, Map<String, ?> settings) {
        settings.forEach((key, value) -> put(root, key, MAPPER.valueToTree(value)));
    }

    private static void put(ObjectNode section, String key, JsonNode value) {
        int dot = key.indexOf('.');
        if (dot < 0) {
            section.set(key, value);
            return;
        }
        String name = key.substring(0, dot);
        JsonNode child = section.path(name);
        if (child.isMissingNode() || child.isNull()) {
            child = section.putObject(name);
        }
        if (child instanceof ObjectNode inner) {
            put(inner, key.substring(dot + 1), value);
        }
    }

    private static Problem syntax(JsonProcessingException e) {
        String place = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr();
        return new Problem(place, e.getOriginalMessage().lines().findFirst().orElse("unreadable"), "one YAML mapping");
    }
}
