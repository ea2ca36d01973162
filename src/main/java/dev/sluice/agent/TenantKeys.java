package dev.sluice.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The API keys of tenants, by their SHA-256 alone: the file that they come from lets nobody in. The keys have to be random, since a
 * plain hash of a guessable one can be found by trying. Immutable and thread-safe.
 */
public final class TenantKeys {

    /** Nobody needs a key. */
    public static final TenantKeys NONE = new TenantKeys(List.of(), false);

    private static final int MOST_KEYS = 1_000;
    private static final int MOST_FILE_BYTES = 1 << 20;
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9._-]{1,64})\\s+([0-9a-fA-F]{64})");
    private static final String BEARER = "Bearer ";

    private static final class Key {
        final String tenant;
        final byte[] hash;

        Key(String tenant, byte[] hash) {
            this.tenant = tenant;
            this.hash = hash;
        }
    }

    private final List<Key> keys;
    private final boolean needed;

    private TenantKeys(List<Key> keys, boolean needed) {
        this.keys = keys;
        this.needed = needed;
    }

    /**
     * Reads a file of lines {@code TENANT HASH}; empty lines and those that begin with {@code #} are passed over. A tenant may have
     * several keys.
     *
     * @param file its path; empty for {@link #NONE}
     * @throws IOException whose message names setting, file, line and what was expected
     */
    public static TenantKeys read(String file) throws IOException {
        if (file.isEmpty()) {
            return NONE;
        }
        List<String> lines;
        try {
            if (Files.size(Path.of(file)) > MOST_FILE_BYTES) {
                throw new IOException("too large");
            }
            lines = Files.readAllLines(Path.of(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IOException(
                    "tenants.keysFile: " + file + " (expected: a file that can be read, at most 1 MiB)", e);
        }
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            read(lines.get(i).strip(), file + ", line " + (i + 1), keys);
        }
        return new TenantKeys(List.copyOf(keys), true);
    }

    private static void read(String line, String place, List<Key> keys) throws IOException {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        Matcher parts = LINE.matcher(line);
        if (!parts.matches() || keys.size() == MOST_KEYS) {
            throw new IOException("tenants.keysFile: " + place
                    + " (expected: TENANT, a blank, and the SHA-256 of a key in 64 hexadecimal digits; at most "
                    + MOST_KEYS + " lines)");
        }
        keys.add(new Key(parts.group(1), HexFormat.of().parseHex(parts.group(2))));
    }

    /** Whether requests need a key. */
    public boolean isNeeded() {
        return needed;
    }

    /**
     * Whose key a request carries, as {@code Authorization: Bearer KEY}, {@code x-api-key} or {@code api-key}; null if nobody's. It
     * takes the same time for every key.
     *
     * @param fields the first value of a request field by its name in lower case, null if there is none
     */
    public @Nullable String tenantOf(Function<String, @Nullable String> fields) {
        String key = key(fields);
        byte[] hash = sha256(key == null ? "" : key);
        String tenant = null;
        for (Key known : keys) {
            tenant = MessageDigest.isEqual(known.hash, hash) ? known.tenant : tenant;
        }
        return key == null ? null : tenant;
    }

    private static @Nullable String key(Function<String, @Nullable String> fields) {
        String authorization = fields.apply("authorization");
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return authorization.substring(BEARER.length()).strip();
        }
        String key = fields.apply("x-api-key");
        return key != null ? key : fields.apply("api-key");
    }

    private static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
