package dev.sluice.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One mapping of the file while it is read: gives values or their fallbacks, notes problems, and knows from the keys
 * that were asked for which keys nobody knows. Confined to the thread that reads.
 */
final class Section {

    private final String prefix;
    private final JsonNode fields;
    private final List<Problem> problems;
    private final List<Setting> settings;
    private final Set<String> known = new LinkedHashSet<>();

    private Section(String prefix, JsonNode fields, List<Problem> problems, List<Setting> settings) {
        this.prefix = prefix;
        this.fields = fields;
        this.problems = problems;
        this.settings = settings;
    }

    /** Reads the whole file by {@code reading}; {@code problems} and {@code settings} are appended to. */
    static <T> T read(JsonNode root, List<Problem> problems, List<Setting> settings, Function<Section, T> reading) {
        return new Section("", root, problems, settings).read(reading);
    }

    /** A section within this one. One that is missing or empty is all defaults. */
    <T> T section(String key, Function<Section, T> reading) {
        JsonNode child = field(key);
        if (!child.isMissingNode() && !child.isNull() && !child.isObject()) {
            report(key, child, "a section with keys of its own");
        }
        return new Section(prefix + key + ".", child, problems, settings).read(reading);
    }

    /** A single value ahead of its turn, for the fallback of another; empty if it is missing or wrong. Notes nothing. */
    <T> Optional<T> peek(String key, Rule<T> rule) {
        JsonNode value = field(key);
        return value.isMissingNode() ? Optional.empty() : rule.parser().apply(value);
    }

    /** A single value; {@code fallback} if it is missing or wrong. */
    <T> T value(String key, T fallback, Rule<T> rule) {
        T value = readValue(key, fallback, rule);
        settings.add(Setting.of(prefix + key, value, rule));
        return value;
    }

    private <T> T readValue(String key, T fallback, Rule<T> rule) {
        JsonNode value = field(key);
        if (value.isMissingNode()) {
            return fallback;
        }
        return rule.parser().apply(value).orElseGet(() -> {
            report(key, value, rule.expected());
            return fallback;
        });
    }

    /** A list of different values; {@code fallback} if it is missing or no list. */
    <T> List<T> values(String key, List<T> fallback, int max, Rule<T> rule) {
        List<T> values = readValues(key, fallback, max, rule);
        settings.add(new Setting(
                prefix + key,
                values.stream().map(rule.text()).toList().toString(),
                "a list of at most " + max + ": " + rule.expected(),
                Map.<String, Object>of("type", "array", "maxItems", max, "items", rule.schema())));
        return values;
    }

    private <T> List<T> readValues(String key, List<T> fallback, int max, Rule<T> rule) {
        JsonNode list = field(key);
        if (list.isMissingNode()) {
            return fallback;
        }
        if (!list.isArray() || list.size() > max) {
            report(key, list, "a list of at most " + max);
            return fallback;
        }
        Set<T> values = new LinkedHashSet<>();
        for (int i = 0; i < list.size(); i++) {
            JsonNode item = list.get(i);
            Optional<T> value = rule.parser().apply(item);
            if (value.isEmpty() || !values.add(value.get())) {
                report(key + "[" + i + "]", item, value.isEmpty() ? rule.expected() : "each only once");
            }
        }
        return List.copyOf(values);
    }

    /** Values by names that the user chooses; {@code fallback} if there are none. A wrong one is left out. */
    <T> Map<String, T> entries(String key, Map<String, T> fallback, int max, Rule<T> rule) {
        Map<String, T> values = readEntries(key, fallback, max, rule);
        settings.add(new Setting(
                prefix + key,
                text(values, rule),
                "at most " + max + " names with a value each: " + rule.expected(),
                Map.<String, Object>of("type", "object", "maxProperties", max, "additionalProperties", rule.schema())));
        return values;
    }

    /** Values by names of a closed set; {@code fallback} if there are none. A wrong one is left out. */
    <K, T> Map<K, T> entries(String key, Map<K, T> fallback, List<K> names, Function<K, String> label, Rule<T> rule) {
        Map<String, K> known = new LinkedHashMap<>();
        names.forEach(name -> known.put(label.apply(name), name));
        Map<String, T> named = new LinkedHashMap<>();
        fallback.forEach((name, value) -> named.put(label.apply(name), value));
        Map<K, T> values = new LinkedHashMap<>();
        entries(key, named, names.size(), rule).forEach((text, value) -> {
            K name = known.get(text);
            if (name == null) {
                problems.add(new Problem(prefix + key + "." + text, "unknown name", String.join(", ", known.keySet())));
            } else {
                values.put(name, value);
            }
        });
        return values;
    }

    private static <T> String text(Map<String, T> values, Rule<T> rule) {
        return new TreeMap<>(values)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + rule.text().apply(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
    }

    private <T> Map<String, T> readEntries(String key, Map<String, T> fallback, int max, Rule<T> rule) {
        JsonNode entries = field(key);
        if (entries.isMissingNode()) {
            return fallback;
        }
        if (!entries.isObject() || entries.size() > max) {
            report(key, entries, "at most " + max + " names with a value each");
            return fallback;
        }
        Map<String, T> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : entries.properties()) {
            rule.parser()
                    .apply(entry.getValue())
                    .ifPresentOrElse(
                            value -> values.put(entry.getKey(), value),
                            () -> report(key + "." + entry.getKey(), entry.getValue(), rule.expected()));
        }
        return values;
    }

    private <T> T read(Function<Section, T> reading) {
        T value = reading.apply(this);
        reportUnknownKeys();
        return value;
    }

    private JsonNode field(String key) {
        known.add(key);
        return fields.path(key);
    }

    private void report(String key, JsonNode value, String expected) {
        problems.add(new Problem(prefix + key, describe(value), expected));
    }

    private void reportUnknownKeys() {
        fields.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                problems.add(new Problem(prefix + key, "unknown key", prefix + nearest(key)));
            }
        });
    }

    private String nearest(String key) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> editDistance(key, candidate)))
                .orElseThrow();
    }

    private static String describe(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "a section";
            case ARRAY -> "a list of " + value.size();
            case NULL, MISSING -> "nothing";
            case BINARY, BOOLEAN, NUMBER, POJO, STRING -> value.asText();
        };
    }

    /** Levenshtein's distance, without regard to case. */
    private static int editDistance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                int replaced = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
