package dev.sluice.net;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The engine's API key, which Sluice shows it in place of what clients send. Thread-safe. */
public final class EngineKey {

    private final @Nullable Secret key;

    private EngineKey(@Nullable Secret key) {
        this.key = key;
    }

    /**
     * The key that {@code source} tells.
     *
     * @param source {@code file:PATH}, {@code env:NAME}; empty for none: then the engine gets what clients send
     * @throws IOException whose message names the setting, its value and what was expected
     */
    public static EngineKey of(String source, Map<String, String> environment) throws IOException {
        return new EngineKey(source.isEmpty() ? null : new Secret("upstream.apiKey", source, environment, false));
    }

    /** Replaces what the client shows by this key, if there is one. */
    public void putInto(HttpHeaders fields) {
        if (key != null) {
            fields.remove("x-api-key").remove("api-key").set(HttpHeaderNames.AUTHORIZATION, "Bearer " + key.text());
        }
    }

    /**
     * Reads it again.
     *
     * @return whether it is another
     * @throws IOException if there is none any more: the one before stays
     */
    public boolean renew() throws IOException {
        return key != null && key.renew();
    }
}
