package dev.sluice.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The governed routes. Everything else passes through untouched. */
public enum Route {
    CHAT_COMPLETIONS("/v1/chat/completions"),
    COMPLETIONS("/v1/completions"),
    RESPONSES("/v1/responses"),
    MESSAGES("/v1/messages");

    private final String path;

    Route(String path) {
        this.path = path;
    }

    public String path() {
        return path;
    }

    /** Whether errors on this route have Anthropic's shape; OpenAI's otherwise. */
    public boolean isAnthropic() {
        return this == MESSAGES;
    }

    /**
     * The governed route of a request.
     *
     * @param target the request target in origin form; a query string does not matter
     * @return null if the request passes through
     */
    public static @Nullable Route of(String method, String target) {
        if (!method.equals("POST")) {
            return null;
        }
        String path = pathOf(target);
        for (Route route : values()) {
            if (route.path.equals(path)) {
                return route;
            }
        }
        return null;
    }

    /**
     * The path by which a request is routed, here as in the engine: without the query, and decoded.
     *
     * @param target the request target in origin form
     */
    public static String pathOf(String target) {
        int query = target.indexOf('?');
        return decoded(query < 0 ? target : target.substring(0, query));
    }

    /** As engines decode it before they look for a route; unchanged if it cannot be. */
    private static String decoded(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        try {
            return URLDecoder.decode(path, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return path;
        }
    }
}
