package dev.sluice.engine;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One series of a metrics page, seen in place: a name, labels, and a value. The parser moves the same object from line
 * to line, so it is valid only during the call that hands it out, and costs nothing where nobody asks. Not thread-safe.
 */
final class Series {

    private byte[] page = {};
    private int nameStart;
    private int nameEnd;
    private int labelsStart;
    private int labelsEnd;
    private int valueStart;
    private int valueEnd;

    // The label that scanLabel found last.
    private int keyStart;
    private int keyEnd;
    private int textStart;
    private int textEnd;

    /** Exact: {@code num_requests_waiting} is not {@code num_requests_waiting_by_reason}. */
    boolean isNamed(String name) {
        return isText(name, nameStart, nameEnd);
    }

    boolean nameEndsWith(String suffix) {
        return nameEnd - nameStart >= suffix.length() && isText(suffix, nameEnd - suffix.length(), nameEnd);
    }

    boolean nameStartsWith(String prefix) {
        return nameEnd - nameStart >= prefix.length() && isText(prefix, nameStart, nameStart + prefix.length());
    }

    /** The value of a label, escapes resolved. */
    Optional<String> label(String name) {
        for (int at = scanLabel(labelsStart, labelsEnd); at >= 0; at = scanLabel(at, labelsEnd)) {
            if (isText(name, keyStart, keyEnd)) {
                return Optional.of(unescape(utf8(textStart, textEnd)));
            }
        }
        return Optional.empty();
    }

    /** All labels, escapes resolved. */
    Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        for (int at = scanLabel(labelsStart, labelsEnd); at >= 0; at = scanLabel(at, labelsEnd)) {
            labels.put(utf8(keyStart, keyEnd), unescape(utf8(textStart, textEnd)));
        }
        return labels;
    }

    /** The value, which may be {@code NaN} or infinite. */
    double value() {
        byte last = page[valueEnd - 1];
        if (isDigit(last) || last == '.') {
            return Double.parseDouble(utf8(valueStart, valueEnd));
        }
        if (last == 'n' || last == 'N') {
            return Double.NaN;
        }
        return page[valueStart] == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    /**
     * Moves to the line between {@code start} and {@code end}.
     *
     * @return whether it is a series; otherwise this object means nothing until it is moved again
     */
    boolean moveTo(byte[] page, int start, int end) {
        this.page = page;
        nameStart = start;
        nameEnd = start;
        while (nameEnd < end && (isNameByte(page[nameEnd]) || page[nameEnd] == ':')) {
            nameEnd++;
        }
        if (nameEnd == nameStart || isDigit(page[nameStart])) {
            return false;
        }
        int at = skipLabels(skipBlanks(nameEnd, end), end);
        if (at < 0 || at == nameEnd) {
            return false;
        }
        valueStart = skipBlanks(at, end);
        valueEnd = endOfToken(valueStart, end);
        return isNumber(valueStart, valueEnd) && isTail(skipBlanks(valueEnd, end), end);
    }

    /** Sets the bounds of the labels, if there are any; returns the position behind them, or -1. */
    private int skipLabels(int start, int end) {
        labelsStart = start;
        labelsEnd = start;
        if (start >= end || page[start] != '{') {
            return start;
        }
        labelsStart = start + 1;
        int at = labelsStart;
        for (int next = at; next >= 0; next = scanLabel(at, end)) {
            at = next;
        }
        at = skipBlanks(at, end);
        if (at < end && page[at] == ',') { // allowed after the last label
            at = skipBlanks(at + 1, end);
        }
        labelsEnd = at;
        return at < end && page[at] == '}' ? at + 1 : -1;
    }

    /** Finds the next {@code key="text"}, a comma before it skipped; returns the position behind it, or -1. */
    private int scanLabel(int start, int end) {
        int at = skipBlanks(start, end);
        if (start > labelsStart && at < end && page[at] == ',') {
            at = skipBlanks(at + 1, end);
        }
        keyStart = at;
        while (at < end && isNameByte(page[at])) {
            at++;
        }
        keyEnd = at;
        at = skipBlanks(at, end);
        if (keyEnd == keyStart || at >= end || page[at] != '=') {
            return -1;
        }
        at = skipBlanks(at + 1, end);
        if (at >= end || page[at] != '"') {
            return -1;
        }
        at++;
        textStart = at;
        while (at < end && page[at] != '"') {
            at += page[at] == '\\' ? 2 : 1;
        }
        textEnd = at;
        return at < end ? at + 1 : -1;
    }

    /** What may follow a value: nothing, a time stamp, and what OpenMetrics puts behind a {@code #}. */
    private boolean isTail(int start, int end) {
        if (start >= end || page[start] == '#') {
            return true;
        }
        int tokenEnd = endOfToken(start, end);
        int rest = skipBlanks(tokenEnd, end);
        return isNumber(start, tokenEnd) && (rest >= end || page[rest] == '#');
    }

    private boolean isNumber(int start, int end) {
        int at = start < end && (page[start] == '-' || page[start] == '+') ? start + 1 : start;
        if (isWord("inf", at, end) || isWord("nan", at, end)) {
            return true;
        }
        int whole = skipDigits(at, end);
        int digits = whole - at;
        at = whole;
        if (at < end && page[at] == '.') {
            at = skipDigits(whole + 1, end);
            digits += at - whole - 1;
        }
        if (digits > 0 && at < end && (page[at] == 'e' || page[at] == 'E')) {
            at++;
            if (at < end && (page[at] == '-' || page[at] == '+')) {
                at++;
            }
            int exponent = at;
            at = skipDigits(at, end);
            digits = at - exponent;
        }
        return digits > 0 && at == end;
    }

    private boolean isText(String text, int start, int end) {
        if (text.length() != end - start) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (page[start + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Letters of either case; {@code lower} is in lower case. */
    private boolean isWord(String lower, int start, int end) {
        if (lower.length() != end - start) {
            return false;
        }
        for (int i = 0; i < lower.length(); i++) {
            if ((page[start + i] | 0x20) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private int skipBlanks(int start, int end) {
        int at = start;
        while (at < end && isBlank(page[at])) {
            at++;
        }
        return at;
    }

    private int endOfToken(int start, int end) {
        int at = start;
        while (at < end && !isBlank(page[at])) {
            at++;
        }
        return at;
    }

    private int skipDigits(int start, int end) {
        int at = start;
        while (at < end && isDigit(page[at])) {
            at++;
        }
        return at;
    }

    private String utf8(int start, int end) {
        return new String(page, start, end - start, StandardCharsets.UTF_8);
    }

    private static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                c = text.charAt(i) == 'n' ? '\n' : text.charAt(i);
            }
            plain.append(c);
        }
        return plain.toString();
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean isNameByte(byte b) {
        return isDigit(b) || b == '_' || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
    }
}
