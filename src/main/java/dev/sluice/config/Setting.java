package dev.sluice.config;

import java.util.Map;

/**
 * One key of the file with the value that it has, given there or by default. Immutable.
 *
 * @param key dotted, as {@code queue.maxSteps}
 * @param text the value as it is written in the file
 * @param expected what may stand there, in words
 * @param schema the same as keywords of JSON Schema, as far as those can say it
 */
public record Setting(String key, String text, String expected, Map<String, Object> schema) {

    public Setting {
        schema = Map.copyOf(schema);
    }

    static <T> Setting of(String key, T value, Rule<T> rule) {
        return new Setting(key, rule.text().apply(value), rule.expected(), rule.schema());
    }
}
