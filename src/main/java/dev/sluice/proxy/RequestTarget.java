package dev.sluice.proxy;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request target taken apart (RFC 9112 §3.2). Immutable.
 *
 * @param authority of an absolute target; null if the target is in origin form or {@code *}
 * @param path with its query, as sent; {@code *} for the server as a whole
 */
record RequestTarget(@Nullable String authority, String path) {

    /** Takes apart the target of a request, which {@link #isValid}. */
    static RequestTarget of(HttpRequest request) {
        return of(request.uri(), request.method().equals(HttpMethod.OPTIONS));
    }

    private static RequestTarget of(String target, boolean isOptions) {
        int start = schemeLength(target);
        if (start == 0) {
            return new RequestTarget(null, target);
        }
        int end = start;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        String rest = target.substring(end);
        // RFC 9112 §3.2.4: without a path, OPTIONS is about the server as a whole.
        String path = rest.startsWith("/") ? rest : rest.isEmpty() && isOptions ? "*" : "/" + rest;
        return new RequestTarget(target.substring(start, end), path);
    }

    /** Whether the target is visible ASCII without a fragment, in a form that a proxy for one engine can serve. */
    static boolean isValid(String target, boolean isOptions) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                return false;
            }
        }
        if (target.startsWith("/")) {
            return true;
        }
        if (schemeLength(target) == 0) {
            return isOptions && target.equals("*");
        }
        String authority = of(target, isOptions).authority();
        return authority != null && isHost(authority);
    }

    /** Whether {@code text} can be a host with an optional port (RFC 3986 §3.2.2): no user, no path, no list. */
    static boolean isHost(String text) {
        int end = text.startsWith("[") ? text.indexOf(']') + 1 : endOfName(text);
        if (end == 0 || (end < text.length() && text.charAt(end) != ':')) {
            return false;
        }
        boolean isNamed = text.startsWith("[") ? isAddress(text.substring(1, end - 1)) : isName(text.substring(0, end));
        return isNamed && isDigits(text, end + 1);
    }

    /** Whether nothing but digits stands from {@code from} on, if anything. */
    static boolean isDigits(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static int endOfName(String text) {
        int colon = text.indexOf(':');
        return colon < 0 ? text.length() : colon;
    }

    private static boolean isAddress(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c == ':' || c == '.' || Character.digit(c, 16) >= 0);
    }

    private static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isAlphanumeric = c < 0x7f && Character.isLetterOrDigit(c);
            boolean isEncoded = c == '%'
                    && i + 2 < text.length()
                    && Octets.hex((byte) text.charAt(i + 1)) >= 0
                    && Octets.hex((byte) text.charAt(i + 2)) >= 0;
            if (!isAlphanumeric && !isEncoded && "-._~!$&'()*+;=".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static int schemeLength(String target) {
        if (target.regionMatches(true, 0, "http://", 0, 7)) {
            return 7;
        }
        return target.regionMatches(true, 0, "https://", 0, 8) ? 8 : 0;
    }
}
