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
     */
    public Sequence(long id, int promptTokens, int outputTokens, long[] blockHashes) {
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

    long blockHash(int block) {
        return blockHashes[block];
    }
}
