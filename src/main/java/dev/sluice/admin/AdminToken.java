package dev.sluice.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * The token that changes need. It is read from its file at each of them, so that it can be replaced while Sluice runs.
 * Thread-safe.
 */
final class AdminToken {

    private static final int LEAST_CHARS = 16;
    private static final int MOST_CHARS = 512;
    private static final String SCHEME = "Bearer ";

    private final String file;

    /** @param file empty for no token at all */
    AdminToken(String file) {
        this.file = file;
    }

    boolean isConfigured() {
        return !file.isEmpty();
    }

    /**
     * Whether an {@code Authorization} field carries the token.
     *
     * @throws IOException if the file does not hold one
     */
    boolean isCarriedBy(@Nullable String authorization) throws IOException {
        byte[] token = read();
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] presented = authorization.substring(SCHEME.length()).strip().getBytes(UTF_8);
        return MessageDigest.isEqual(token, presented);
    }

    /** @throws IOException whose message names the setting, the file and what was expected */
    void check() throws IOException {
        if (isConfigured()) {
            read();
        }
    }

    private byte[] read() throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            bytes = in.readNBytes(2 * MOST_CHARS);
        } catch (IOException e) {
            throw new IOException(problem("cannot be read"), e);
        }
        String token = new String(bytes, US_ASCII).strip();
        boolean isPlain = token.chars().allMatch(c -> c > ' ' && c <= '~');
        if (!isPlain || token.length() < LEAST_CHARS || token.length() > MOST_CHARS) {
            throw new IOException(problem("holds no token"));
        }
        return token.getBytes(US_ASCII);
    }

    private String problem(String what) {
        return "admin.tokenFile: " + file + " " + what + " (expected: a file with " + LEAST_CHARS + " to " + MOST_CHARS
                + " printable ASCII characters without spaces)";
    }
}
