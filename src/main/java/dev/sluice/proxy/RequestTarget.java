package dev.sluice.proxy;

import org.jspecify.annotations.Nullable;

/**
 * A request target taken apart (RFC 9112 §3.2). Immutable.
 *
 * @param authority of an absolute target; null if the target is in origin form or {@code *}
 * @param path with its query, as sent; {@code *} for the server as a whole
 */
record RequestTarget(@Nullable String authority, String path) {

    /** Takes apart a target that {@link #isValid}. */
    static RequestTarget of(String target) {
        int start = schemeLength(target);
        if (start == 0) {
            return new RequestTarget(null, target);
        }
        int end = start;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        String rest = target.substring(end);
        return new RequestTarget(target.substring(start, end), rest.startsWith("/") ? rest : "/" + rest);
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
        String authority = of(target).authority();
        return authority != null && isHost(authority);
    }

    /** Whether {@code text} can be a host with an optional port: no user, no path, no list. */
    static boolean isHost(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || "/?#@,\\\"<>^`{|}".indexOf(c) >= 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static int schemeLength(String target) {
        if (target.regionMatches(true, 0, "http://", 0, 7)) {
            return 7;
        }
        return target.regionMatches(true, 0, "https://", 0, 8) ? 8 : 0;
    }
}
