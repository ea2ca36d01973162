package dev.sluice.emulator;

import java.util.Arrays;

/** Sequences cut from numbered streams of text: two of one stream agree as far as both go. */
final class Content {

    private Content() {}

    static Sequence of(long id, long stream, int promptTokens, int outputTokens) {
        return forked(id, stream, 0, stream, promptTokens, outputTokens);
    }

    /** The first blocks come from the root stream, the others from the branch. */
    static Sequence forked(long id, long root, int rootBlocks, long branch, int promptTokens, int outputTokens) {
        long[] hashes = new long[(promptTokens + outputTokens) / Preset.BLOCK_TOKENS];
        Arrays.setAll(hashes, i -> (i < rootBlocks ? root : branch) * 1_000_003 + i);
        return new Sequence(id, promptTokens, outputTokens, hashes);
    }

    /** An engine with easy costs: base 1000, weights 500, 10 a token, 1 a token and context, 2 a decoding context. */
    static Preset engine(int poolBlocks, int maxSequences, int tokensPerStep) {
        return new Preset(
                "test",
                "test",
                poolBlocks * 16L,
                4_096,
                maxSequences,
                tokensPerStep,
                tokensPerStep,
                1_000,
                500,
                10,
                1,
                2);
    }
}
