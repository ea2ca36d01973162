package dev.sluice.net;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The engine's API key, which Sluice shows it in place of what clients send. It comes from a file, which is read again when it
 * changes, or from the environment; it is in no configuration, log or page. Thread-safe.
 */
public final class EngineKey {

    private static final String FILE = "file:";
    private static final String ENVIRONMENT = "env:";
    private static final int MOST_CHARS = 4096;

    private final String source;
    private final Map<String, String> environment;
    private volatile String key;

    private EngineKey(String source, Map<String, String> environment) throws IOException {
        this.source = source;
        this.environment = environment;
        this.key = read();
    }

    /**
     * The key that {@code source} tells.
     *
     * @param source {@code file:PATH}, {@code env:NAME}; empty for none: then the engine gets what clients send
     * @throws IOException whose message names the setting, its value and what was expected
     */
    public static EngineKey of(String source, Map<String, String> environment) throws IOException {
        return new EngineKey(source, environment);
    }

    /** Replaces what the client shows by this key, if there is one. */
    public void putInto(HttpHeaders fields) {
        String now = key;
        if (!now.isEmpty()) {
            fields.remove("x-api-key").remove("api-key").set(HttpHeaderNames.AUTHORIZATION, "Bearer " + now);
        }
    }

    /**
     * Reads it again.
     *
     * @return whether it is another
     * @throws IOException if there is none any more: the one before stays
     */
    public synchronized boolean renew() throws IOException {
        String before = key;
        key = read();
        return !key.equals(before);
    }

    private String read() throws IOException {
        if (source.isEmpty()) {
            return "";
        }
        String text = source.startsWith(FILE)
                ? readFile(source.substring(FILE.length()))
                : environment.getOrDefault(source.substring(ENVIRONMENT.length()), "");
        String found = text.strip();
        if (found.isEmpty() || found.length() > MOST_CHARS || !found.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new IOException("upstream.apiKey: " + source + " (expected: one to " + MOST_CHARS
                    + " printable ASCII characters without spaces there)");
        }
        return found;
    }

    private String readFile(String file) throws IOException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return new String(in.readNBytes(2 * MOST_CHARS), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new IOException("upstream.apiKey: " + source + " (expected: a file that can be read)", e);
        }
    }
}
