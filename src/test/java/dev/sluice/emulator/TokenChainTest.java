package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class TokenChainTest {

    @Test
    void agreesOnBlocksExactlyAsFarAsTheTokensDo() {
        long[] one = chain("m", 100, -1).blockHashes();
        long[] other = chain("m", 100, 50).blockHashes();

        assertThat(one).hasSize(100 / Preset.BLOCK_TOKENS);
        assertThat(Arrays.mismatch(one, other)).isEqualTo(50 / Preset.BLOCK_TOKENS);
    }

    @Test
    void hashesOnlyFullBlocks() {
        assertThat(chain("m", Preset.BLOCK_TOKENS - 1, -1).blockHashes()).isEmpty();
        assertThat(chain("m", Preset.BLOCK_TOKENS, -1).blockHashes()).hasSize(1);
    }

    @Test
    void separatesSalts() {
        assertThat(chain("m", 16, -1).blockHashes())
                .isNotEqualTo(chain("n", 16, -1).blockHashes());
    }

    /** @param changed index of the one token that differs; -1 for none */
    private static TokenChain chain(String salt, int tokens, int changed) {
        TokenChain chain = new TokenChain(salt);
        for (int i = 0; i < tokens; i++) {
            chain.accept(i == changed ? -1 : i);
        }
        return chain;
    }
}
