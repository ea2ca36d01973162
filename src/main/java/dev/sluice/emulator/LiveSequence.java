package dev.sluice.emulator;

/**
 * How far one sequence has come, waiting or running. Its tokens are <em>known</em> once they are in the prompt or
 * generated, and <em>computed</em> once their KV is in its blocks; when all known ones are computed, the next one is
 * generated. Confined to its engine core.
 */
final class LiveSequence {

    private static final int NEVER_ADMITTED = -1;

    private final Sequence sequence;
    private final BlockTable table;
    private int computedTokens;
    private int generatedTokens;
    private int prefillTokens; // known at the last admission
    private int cachedTokens = NEVER_ADMITTED;

    LiveSequence(Sequence sequence, BlockPool pool) {
        this.sequence = sequence;
        this.table = new BlockTable(pool, sequence);
    }

    Sequence sequence() {
        return sequence;
    }

    /** Whether all of its known tokens find room now. */
    boolean fits() {
        return table.fits(knownTokens());
    }

    boolean isNew() {
        return cachedTokens == NEVER_ADMITTED;
    }

    /** Starts its prefill behind what the cache has of it. Returns the tokens found. */
    int admit() {
        prefillTokens = knownTokens();
        computedTokens = table.adopt(prefillTokens);
        if (isNew()) {
            cachedTokens = computedTokens;
        }
        return computedTokens;
    }

    private int knownTokens() {
        return sequence.promptTokens() + generatedTokens;
    }

    int pendingTokens() {
        return knownTokens() - computedTokens;
    }

    int computedTokens() {
        return computedTokens;
    }

    /** Whether its next tokens belong to its prefill, a recomputation after preemption included. */
    boolean isPrefilling() {
        return computedTokens < prefillTokens;
    }

    /** Makes room for so many tokens more, or returns {@code false} and takes none. */
    boolean reserve(int tokens) {
        return table.reserve(computedTokens + tokens);
    }

    void compute(int tokens) {
        computedTokens += tokens;
        table.publish(computedTokens);
    }

    /** The next token. Only if none is pending. */
    CoreStep.Token generate() {
        generatedTokens++;
        return new CoreStep.Token(sequence.id(), generatedTokens, cachedTokens, isFinished());
    }

    boolean isFinished() {
        return generatedTokens == sequence.outputTokens();
    }

    /** Holds nothing any more: its next prefill recomputes prompt and generated tokens as far as the cache lost them. */
    void release() {
        table.release();
        computedTokens = 0;
    }
}
