package dev.sluice.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;

/**
 * What a request names. Immutable.
 *
 * @param agentId of {@link Kind#AGENT}, decoded; otherwise empty
 */
record Target(Kind kind, String agentId) {

    private static final String AGENTS = "/agents/";

    enum Kind {
        LIVE_PAGE("GET", "HEAD"),
        EVENTS("GET"),
        HEALTH("GET", "HEAD"),
        READY("GET", "HEAD"),
        METRICS("GET", "HEAD"),
        ENGINE_METRICS("GET", "HEAD"),
        REPORT("GET", "HEAD"),
        STATE("GET", "HEAD"),
        AGENT("GET", "HEAD", "DELETE"),
        MODE("POST"),
        RELOAD("POST"),
        DRAIN("POST"),
        NONE;

        private static final String SEPARATOR = ", ";

        private final String allowed;

        Kind(String... methods) {
            this.allowed = String.join(SEPARATOR, methods);
        }

        boolean allows(HttpMethod method) {
            return List.of(allowed.split(SEPARATOR)).contains(method.name());
        }

        /** As the {@code Allow} field has it. */
        String allowed() {
            return allowed;
        }
    }

    /**
     * Reads a request target; its query is ignored.
     *
     * @throws IllegalArgumentException if an agent's id is not percent-encoded as it should be
     */
    static Target of(String uri) {
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        if (path.startsWith(AGENTS) && path.length() > AGENTS.length()) {
            String id = path.substring(AGENTS.length());
            // As a path: a plus sign is one, and whatever the id decodes to is a name, never a path of ours.
            return new Target(Kind.AGENT, new QueryStringDecoder(id, UTF_8, true).path());
        }
        return new Target(kind(path), "");
    }

    private static Kind kind(String path) {
        return switch (path) {
            case "/" -> Kind.LIVE_PAGE;
            case "/events" -> Kind.EVENTS;
            case "/health" -> Kind.HEALTH;
            case "/ready" -> Kind.READY;
            case "/metrics" -> Kind.METRICS;
            case "/metrics/engine" -> Kind.ENGINE_METRICS;
            case "/report" -> Kind.REPORT;
            case "/state" -> Kind.STATE;
            case "/mode" -> Kind.MODE;
            case "/reload" -> Kind.RELOAD;
            case "/drain" -> Kind.DRAIN;
            default -> Kind.NONE;
        };
    }
}
