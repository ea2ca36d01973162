package dev.sluice.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a setting may be. Immutable.
 *
 * @param expected the same in words, as they stand in a {@link Problem}
 * @param parser empty if the value is not of this kind or out of range
 */
record Rule<T>(String expected, Function<JsonNode, Optional<T>> parser) {

    static Rule<Integer> integer(int min, int max) {
        Rule<Long> wide = integer((long) min, max);
        return new Rule<>(wide.expected, node -> wide.parser.apply(node).map(Long::intValue));
    }

    static Rule<Long> integer(long min, long max) {
        return new Rule<>(min + ".." + max, node -> asLong(node).filter(value -> value >= min && value <= max));
    }

    static Rule<Double> ratio(double min, double max) {
        return new Rule<>(
                min + ".." + max,
                node -> Optional.of(node)
                        .filter(JsonNode::isNumber)
                        .map(JsonNode::doubleValue)
                        .filter(value -> value >= min && value <= max));
    }

    static Rule<Boolean> flag() {
        return new Rule<>(
                "true or false",
                node -> Optional.of(node).filter(JsonNode::isBoolean).map(JsonNode::booleanValue));
    }

    static Rule<Duration> duration(Duration min, Duration max) {
        return new Rule<>(
                Quantity.format(min) + ".." + Quantity.format(max) + ", as in 250ms, 4s, 3m or 1h",
                node -> asText(node)
                        .flatMap(Quantity::duration)
                        .filter(value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0));
    }

    /** Plain bytes or with a unit. */
    static Rule<Long> bytes(long min, long max) {
        return new Rule<>(
                Quantity.formatBytes(min) + ".." + Quantity.formatBytes(max) + ", as in 65536, 64KiB or 8MiB",
                node -> asLong(node)
                        .or(() -> asText(node).flatMap(Quantity::bytes))
                        .filter(value -> value >= min && value <= max));
    }

    /** {@link #bytes} that fit an int. */
    static Rule<Integer> smallBytes(int min, int max) {
        Rule<Long> wide = bytes(min, max);
        return new Rule<>(wide.expected, node -> wide.parser.apply(node).map(Long::intValue));
    }

    static <T> Rule<T> oneOf(List<T> choices, Function<T, String> label) {
        return new Rule<>(
                choices.stream().map(label).collect(Collectors.joining(", ")),
                node -> choices.stream()
                        .filter(choice ->
                                node.isValueNode() && label.apply(choice).equals(node.asText()))
                        .findFirst());
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
                }));
    }

    static Rule<String> matching(String expected, String regex) {
        return new Rule<>(expected, node -> asText(node).filter(text -> text.matches(regex)));
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
