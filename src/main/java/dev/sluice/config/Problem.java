package dev.sluice.config;

import java.util.regex.Pattern;

/**
 * One thing wrong with a configuration, fit for one line. The value is kept short, without control characters and
 * without the credentials of a URL. Immutable.
 *
 * @param key dotted key, as {@code queue.maxSteps}; {@code line 3} where the file is no YAML; empty where the file as a
 *     whole is meant
 * @param value what stands there
 * @param expected what may stand there
 */
public record Problem(String key, String value, String expected) {

    private static final int MAX_VALUE_CHARS = 80;
    private static final Pattern CREDENTIALS = Pattern.compile("//[^/]*@");
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    public Problem {
        key = printable(key);
        value = printable(value);
    }

    /** {@code queue.maxSteps: 0 (expected: 1..1000000)}. */
    @Override
    public String toString() {
        return (key.isEmpty() ? "" : key + ": ") + value + " (expected: " + expected + ")";
    }

    /** A value fit for a line that anybody may read. */
    static String printable(String text) {
        String line = UNPRINTABLE
                .matcher(CREDENTIALS.matcher(text).replaceAll("//***@"))
                .replaceAll("?");
        return line.length() <= MAX_VALUE_CHARS ? line : line.substring(0, MAX_VALUE_CHARS) + "…";
    }
}
