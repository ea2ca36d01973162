package dev.sluice.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as people write them: a whole number and a unit, {@code 250ms} or {@code 64KiB}. */
final class Quantity {

    /** At most 18 digits, so that the number itself fits a long. */
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,18})([A-Za-z]+)");

    private static final List<Unit> MILLIS =
            List.of(new Unit("h", 3_600_000), new Unit("m", 60_000), new Unit("s", 1000), new Unit("ms", 1));
    private static final List<Unit> BYTES =
            List.of(new Unit("GiB", 1 << 30), new Unit("MiB", 1 << 20), new Unit("KiB", 1 << 10), new Unit("B", 1));

    /** Lists of units go from the largest to the smallest. */
    private record Unit(String name, long factor) {}

    private Quantity() {}

    /** Empty if {@code text} is no whole number of {@code ms}, {@code s}, {@code m} or {@code h}. */
    static Optional<Duration> duration(String text) {
        return parse(text, MILLIS, Duration::ofMillis);
    }

    /** Empty if {@code text} is no whole number of {@code B}, {@code KiB}, {@code MiB} or {@code GiB}. */
    static Optional<Long> bytes(String text) {
        return parse(text, BYTES, Long::valueOf);
    }

    static String format(Duration duration) {
        return format(duration.toMillis(), MILLIS);
    }

    static String formatBytes(long bytes) {
        return format(bytes, BYTES);
    }

    private static <T> Optional<T> parse(String text, List<Unit> units, LongFunction<T> make) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return units.stream()
                .filter(unit -> unit.name().equals(matcher.group(2)))
                .filter(unit -> number <= Long.MAX_VALUE / unit.factor())
                .map(unit -> make.apply(number * unit.factor()))
                .findFirst();
    }

    /** In the largest unit that leaves a whole number. */
    private static String format(long value, List<Unit> units) {
        return units.stream()
                .filter(unit -> value >= unit.factor() && value % unit.factor() == 0)
                .findFirst()
                .map(unit -> value / unit.factor() + unit.name())
                .orElse(Long.toString(value));
    }
}
