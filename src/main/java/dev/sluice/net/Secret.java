package dev.sluice.net;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What is shown to somebody so that he lets us in. A setting tells where it lies: in a file, which is read again when it changes, or
 * in the environment; it is itself in no configuration, log or page. Thread-safe.
 */
final class Secret {

    private static final String FILE = "file:";
    private static final String ENVIRONMENT = "env:";
    private static final int MOST_CHARS = 4096;

    private final String setting;
    private final String source;
    private final Map<String, String> environment;
    private final boolean mayHaveSpaces;
    private volatile String text;

    /**
     * Reads it.
     *
     * @param setting its key, for people
     * @param source {@code file:PATH} or {@code env:NAME}
     * @param mayHaveSpaces inside; around it they never count
     * @throws IOException whose message names the setting, its value and what was expected
     */
    Secret(String setting, String source, Map<String, String> environment, boolean mayHaveSpaces) throws IOException {
        this.setting = setting;
        this.source = source;
        this.environment = environment;
        this.mayHaveSpaces = mayHaveSpaces;
        this.text = read();
    }

    String text() {
        return text;
    }

    /**
     * Reads it again.
     *
     * @return whether it is another
     * @throws IOException if there is none any more: the one before stays
     */
    synchronized boolean renew() throws IOException {
        String before = text;
        text = read();
        return !text.equals(before);
    }

    private String read() throws IOException {
        String written = source.startsWith(FILE)
                ? readFile(source.substring(FILE.length()))
                : environment.getOrDefault(source.substring(ENVIRONMENT.length()), "");
        String found = written.strip();
        char first = mayHaveSpaces ? ' ' : '!';
        if (found.isEmpty() || found.length() > MOST_CHARS || !found.chars().allMatch(c -> c >= first && c <= '~')) {
            throw new IOException(setting + ": " + source + " (expected: one to " + MOST_CHARS
                    + " printable ASCII characters " + (mayHaveSpaces ? "there)" : "without spaces there)"));
        }
        return found;
    }

    private String readFile(String file) throws IOException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return new String(in.readNBytes(2 * MOST_CHARS), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new IOException(setting + ": " + source + " (expected: a file that can be read)", e);
        }
    }
}
