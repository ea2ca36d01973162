package dev.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys are known by their hashes, in whatever field they come. */
final class TenantKeysTest {

    @TempDir
    private Path folder;

    @Test
    void aTenantIsKnownByAnyOfItsKeysInAnyField() throws IOException {
        TenantKeys keys = read("# two keys while one is replaced\n\nbatch " + hash("old") + "\nbatch " + hash("new")
                + "\nsupport\t" + hash("s").toUpperCase(Locale.ROOT) + "\n");

        assertThat(keys.isNeeded()).isTrue();
        assertThat(tenant(keys, "authorization", "Bearer old")).isEqualTo("batch");
        assertThat(tenant(keys, "authorization", "bearer new")).isEqualTo("batch");
        assertThat(tenant(keys, "x-api-key", "s")).isEqualTo("support");
        assertThat(tenant(keys, "api-key", "s")).isEqualTo("support");
    }

    @Test
    void nobodyElseIsLetIn() throws IOException {
        TenantKeys keys = read("batch " + hash("old") + "\nempty " + hash(""));

        assertThat(tenant(keys, "authorization", "Bearer OLD")).isNull();
        assertThat(tenant(keys, "authorization", "Basic old")).isNull();
        assertThat(tenant(keys, "x-other", "old")).isNull();
        assertThat(tenant(keys, "x-api-key", hash("old"))).isNull();
    }

    @Test
    void withoutAFileNobodyNeedsAKeyAndWithAnEmptyOneNobodyHasOne() throws IOException {
        assertThat(TenantKeys.read("").isNeeded()).isFalse();
        TenantKeys empty = read("");
        assertThat(empty.isNeeded()).isTrue();
        assertThat(tenant(empty, "x-api-key", "k")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch", "batch abc", "b/c 0000", "batch: 00"})
    void aLineThatIsNoneIsNamed(String line) {
        assertThatThrownBy(() -> read("\n" + line))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tenants.keysFile")
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> TenantKeys.read(folder.resolve("none").toString()))
                .hasMessageContaining("tenants.keysFile")
                .hasMessageContaining("none");
    }

    private TenantKeys read(String text) throws IOException {
        return TenantKeys.read(Files.writeString(folder.resolve("keys"), text).toString());
    }

    private static @Nullable String tenant(TenantKeys keys, String field, String value) {
        return keys.tenantOf(Map.of(field, value)::get);
    }

    private static String hash(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
