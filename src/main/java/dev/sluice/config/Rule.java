package dev.sluice.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a setting may be. Immutable.
 *
 * @param expected the same in words, as they stand in a {@link Problem}
 * @param parser empty if the value is not of this kind or out of range
 * @param text a value as it is written in the file
 * @param schema the same as keywords of JSON Schema, as far as that can say it
 */
record Rule<T>(
        String expected, Function<JsonNode, Optional<T>> parser, Function<T, String> text, Map<String, Object> schema) {

    private static final String TYPE = "type";

    static Rule<Integer> integer(int min, int max) {
        return narrow(integer((long) min, max));
    }

    static Rule<Long> integer(long min, long max) {
        return new Rule<>(
                min + ".." + max,
                node -> asLong(node).filter(value -> value >= min && value <= max),
                String::valueOf,
                Map.<String, Object>of(TYPE, "integer", "minimum", min, "maximum", max));
    }

    static Rule<Double> ratio(double min, double max) {
        return new Rule<>(
                min + ".." + max,
                node -> Optional.of(node)
                        .filter(JsonNode::isNumber)
                        .map(JsonNode::doubleValue)
                        .filter(value -> value >= min && value <= max),
                String::valueOf,
                Map.<String, Object>of(TYPE, "number", "minimum", min, "maximum", max));
    }

    static Rule<Boolean> flag() {
        return new Rule<>(
                "true or false",
                node -> Optional.of(node).filter(JsonNode::isBoolean).map(JsonNode::booleanValue),
                String::valueOf,
                Map.<String, Object>of(TYPE, "boolean"));
    }

    static Rule<Duration> duration(Duration min, Duration max) {
        return new Rule<>(
                Quantity.format(min) + ".." + Quantity.format(max) + ", as in 250ms, 4s, 3m or 1h",
                node -> asText(node)
                        .flatMap(Quantity::duration)
                        .filter(value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0),
                Quantity::format,
                Map.<String, Object>of(TYPE, "string", "pattern", "^[0-9]{1,18}(ms|s|m|h)$"));
    }

    /** Plain bytes or with a unit. */
    static Rule<Long> bytes(long min, long max) {
        return new Rule<>(
                Quantity.formatBytes(min) + ".." + Quantity.formatBytes(max) + ", as in 65536, 64KiB or 8MiB",
                node -> asLong(node)
                        .or(() -> asText(node).flatMap(Quantity::bytes))
                        .filter(value -> value >= min && value <= max),
                Quantity::formatBytes,
                Map.<String, Object>of(
                        TYPE, List.of("integer", "string"), "minimum", min, "pattern", "^[0-9]{1,18}(B|KiB|MiB|GiB)$"));
    }

    /** {@link #bytes} that fit an int. */
    static Rule<Integer> smallBytes(int min, int max) {
        return narrow(bytes(min, max));
    }

    static <T> Rule<T> oneOf(List<T> choices, Function<T, String> label) {
        return new Rule<>(
                choices.stream().map(label).collect(Collectors.joining(", ")),
                node -> choices.stream()
                        .filter(choice ->
                                node.isValueNode() && label.apply(choice).equals(node.asText()))
                        .findFirst(),
                label,
                Map.<String, Object>of("enum", choices.stream().map(label).toList()));
    }

    /** A text that {@code parse} accepts; it refuses by an {@link IllegalArgumentException}. The text itself is kept. */
    static Rule<String> text(String expected, Function<String, ?> parse) {
        return new Rule<>(
                expected,
                node -> asText(node).filter(text -> {
                    try {
                        return parse.apply(text) != null;
                    } catch (IllegalArgumentException refused) {
                        return false;
                    }
                }),
                Function.identity(),
                Map.<String, Object>of(TYPE, "string"));
    }

    static Rule<String> matching(String expected, String regex) {
        return new Rule<>(
                expected,
                node -> asText(node).filter(text -> text.matches(regex)),
                Function.identity(),
                Map.<String, Object>of(TYPE, "string"));
    }

    private static Rule<Integer> narrow(Rule<Long> wide) {
        return new Rule<>(
                wide.expected,
                node -> wide.parser.apply(node).map(Long::intValue),
                value -> wide.text.apply((long) value),
                wide.schema);
    }

    private static Optional<String> asText(JsonNode node) {
        return Optional.of(node).filter(JsonNode::isTextual).map(JsonNode::textValue);
    }

    private static Optional<Long> asLong(JsonNode node) {
        return Optional.of(node)
                .filter(JsonNode::isIntegralNumber)
                .filter(JsonNode::canConvertToLong)
                .map(JsonNode::longValue);
    }
}
