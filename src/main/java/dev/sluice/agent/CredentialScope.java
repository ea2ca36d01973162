package dev.sluice.agent;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Within what an id means something: the credential that a request carries, as a keyed hash. The key is this process's own
 * and never leaves it, so that nobody can try credentials against what is shown or logged. Those lately seen stay in memory,
 * where a heap dump finds them. Thread-safe.
 */
final class CredentialScope {

    private static final String ALGORITHM = "HmacSHA256";
    private static final List<String> FIELDS = List.of("authorization", "x-api-key", "api-key");
    private static final int SCOPE_BYTES = 16;

    /** A power of two. */
    private static final int PLACES = 256;

    /** Longer ones are not remembered, so that the places bound what they hold. */
    private static final int MOST_REMEMBERED_BYTES = 1024;

    private static final class Known {
        final byte[] carried;
        final String scope;

        Known(byte[] carried, String scope) {
            this.carried = carried;
            this.scope = scope;
        }
    }

    private final AtomicReferenceArray<@Nullable Known> lately = new AtomicReferenceArray<>(PLACES);

    /** Copied for each hash: to look for the algorithm and to set the key up anew costs more than a short text does. */
    private final Mac keyed;

    CredentialScope() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        try {
            keyed = Mac.getInstance(ALGORITHM);
            keyed.init(new SecretKeySpec(random, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** Hexadecimal digits; empty if the request carries no credential. */
    String of(Function<String, @Nullable String> fields) {
        String carried = "";
        for (String name : FIELDS) {
            String value = fields.apply(name);
            if (value != null) {
                // A line end cannot occur in a field: no two sets of fields read the same.
                carried += name + '\n' + value + '\n';
            }
        }
        return carried.isEmpty() ? "" : scopeOf(carried);
    }

    /** The last credential of each place is remembered, as most requests carry one that was just seen. */
    private String scopeOf(String carried) {
        int place = carried.hashCode() & (PLACES - 1);
        byte[] bytes = carried.getBytes(StandardCharsets.UTF_8);
        Known known = lately.get(place);
        // In the same time for every credential: how far it is like another one is nobody's to find out.
        if (known == null || !MessageDigest.isEqual(known.carried, bytes)) {
            known = new Known(bytes, hash(bytes));
            if (bytes.length <= MOST_REMEMBERED_BYTES) {
                lately.set(place, known);
            }
        }
        return known.scope;
    }

    private String hash(byte[] carried) {
        byte[] hash = copy().doFinal(carried);
        return HexFormat.of().formatHex(hash, 0, SCOPE_BYTES);
    }

    private Mac copy() {
        try {
            return (Mac) keyed.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's " + ALGORITHM + " cannot be copied", e);
        }
    }
}
