package dev.sluice.simulate;

import dev.sluice.emulator.Preset;
import org.jspecify.annotations.Nullable;

/**
 * What a conversation says, as far as a prefix cache can tell: a chained hash for each full block of it. Two contents share
 * a prefix exactly as far as their hashes agree. Immutable.
 */
interface Content {

    /** Hashes of the first so many blocks of {@link Preset#BLOCK_TOKENS} tokens; a new array, the caller's. */
    long[] hashes(int blocks);

    /**
     * Words that are nobody else's, behind a beginning that is: the common system prompt, or the parent's conversation.
     *
     * @param owner whose words, unique within a run
     * @param beginning null if everything is its own
     * @param sharedTokens length of the beginning
     */
    static Content own(long owner, @Nullable Content beginning, int sharedTokens) {
        int sharedBlocks = beginning == null ? 0 : sharedTokens / Preset.BLOCK_TOKENS;
        return blocks -> {
            long[] hashes = new long[blocks];
            int shared = Math.min(sharedBlocks, blocks);
            if (beginning != null && shared > 0) {
                System.arraycopy(beginning.hashes(shared), 0, hashes, 0, shared);
            }
            for (int block = shared; block < blocks; block++) {
                hashes[block] = mix(owner * 0x9E3779B97F4A7C15L + block);
            }
            return hashes;
        };
    }

    /** A well-spread hash (the finalizer of SplitMix64). */
    static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
