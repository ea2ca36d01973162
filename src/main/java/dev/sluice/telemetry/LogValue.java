package dev.sluice.telemetry;

/**
 * A value from outside as it may stand in a {@code key=value} line: bounded, one line, and quoted wherever it could be
 * taken for another key.
 */
final class LogValue {

    private static final int MAX_CHARS = 256;

    private LogValue() {}

    /** {@code -} if empty; quoted and escaped unless it is plain printable ASCII; cut at a bound, which {@code …} shows. */
    static String of(String value) {
        if (value.isEmpty()) {
            return "-";
        }
        int length = Math.min(value.length(), MAX_CHARS);
        if (length == value.length() && isPlain(value)) {
            return value;
        }
        StringBuilder quoted = new StringBuilder(length + 16).append('"');
        for (int i = 0; i < length; i++) {
            append(quoted, value.charAt(i));
        }
        return quoted.append(length < value.length() ? "…\"" : "\"").toString();
    }

    private static void append(StringBuilder quoted, char c) {
        if (c == '"' || c == '\\') {
            quoted.append('\\').append(c);
        } else if (c >= ' ' && c <= '~') {
            quoted.append(c);
        } else {
            quoted.append(String.format("\\u%04x", (int) c));
        }
    }

    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=') {
                return false;
            }
        }
        return true;
    }
}
