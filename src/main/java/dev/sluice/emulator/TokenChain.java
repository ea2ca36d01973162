package dev.sluice.emulator;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Counts tokens and chains them into block hashes: the hash of a block covers the salt and every token up to its end, so
 * two chains agree on a block only if they agree on all before it. Confined to one thread.
 */
final class TokenChain implements LongConsumer {

    private long hash;
    private int tokens;
    private long[] blocks = new long[64];

    /** @param salt separates caches: model and the request's {@code cache_salt} */
    TokenChain(String salt) {
        this.hash = hashOf(salt);
    }

    @Override
    public void accept(long token) {
        hash = mix(hash ^ mix(token));
        tokens++;
        if (tokens % Preset.BLOCK_TOKENS == 0) {
            int block = tokens / Preset.BLOCK_TOKENS - 1;
            if (block == blocks.length) {
                blocks = Arrays.copyOf(blocks, block * 2);
            }
            blocks[block] = hash;
        }
    }

    int tokens() {
        return tokens;
    }

    /** Covers all tokens so far. */
    long hash() {
        return hash;
    }

    /** Of every full block so far. */
    long[] blockHashes() {
        return Arrays.copyOf(blocks, tokens / Preset.BLOCK_TOKENS);
    }

    /** A bijection that scatters neighbouring values: the finalizer of SplitMix64. */
    static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    static long hashOf(String text) {
        long hash = text.length();
        for (int i = 0; i < text.length(); i++) {
            hash = mix(hash ^ text.charAt(i));
        }
        return hash;
    }
}
