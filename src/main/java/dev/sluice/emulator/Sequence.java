package dev.sluice.emulator;

/** One generation as the engine core sees it. Immutable as long as its maker leaves the hashes alone. */
public final class Sequence {

    private final long id;
    private final int promptTokens;
    private final int outputTokens;
    private final long[] blockHashes;

    /**
     * @param id unique among those alive
     * @param promptTokens length of the prompt, at least 1
     * @param outputTokens tokens to generate, at least 1
     * @param blockHashes chained content hash of each full block over prompt and output together: two sequences share a
     *     prefix exactly as far as these agree. Length {@code (promptTokens + outputTokens) / BLOCK_TOKENS}. Not
     *     copied; must not change
     * @throws IllegalArgumentException if a length is out of its range
     */
    public Sequence(long id, int promptTokens, int outputTokens, long[] blockHashes) {
        requirePositive("promptTokens", promptTokens);
        requirePositive("outputTokens", outputTokens);
        long fullBlocks = ((long) promptTokens + outputTokens) / Preset.BLOCK_TOKENS;
        if (blockHashes.length != fullBlocks) {
            throw new IllegalArgumentException(
                    "blockHashes.length: " + blockHashes.length + " (expected: " + fullBlocks + ")");
        }
        this.id = id;
        this.promptTokens = promptTokens;
        this.outputTokens = outputTokens;
        this.blockHashes = blockHashes;
    }

    public long id() {
        return id;
    }

    public int promptTokens() {
        return promptTokens;
    }

    public int outputTokens() {
        return outputTokens;
    }

    /** Tokens whose KV is ever computed: all but the last one generated. */
    int computableTokens() {
        return promptTokens + outputTokens - 1;
    }

    long blockHash(int block) {
        return blockHashes[block];
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
        }
    }
}
