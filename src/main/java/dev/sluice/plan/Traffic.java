package dev.sluice.plan;

/**
 * Tokens that an engine served. Immutable.
 *
 * @param promptTokens all of them
 * @param cachedTokens of these, found in the cache
 * @param answerTokens generated
 */
public record Traffic(double promptTokens, double cachedTokens, double answerTokens) {

    public Traffic {
        if (!(promptTokens >= 0 && promptTokens <= 1e18)) {
            throw new IllegalArgumentException("promptTokens: " + promptTokens + " (expected: 0..1e18)");
        }
        if (!(cachedTokens >= 0 && cachedTokens <= promptTokens)) {
            throw new IllegalArgumentException(
                    "cachedTokens: " + cachedTokens + " (expected: 0..promptTokens, " + promptTokens + ")");
        }
        if (!(answerTokens >= 0 && answerTokens <= 1e18)) {
            throw new IllegalArgumentException("answerTokens: " + answerTokens + " (expected: 0..1e18)");
        }
    }

    /** Prompt tokens that had to be computed. */
    public double computedTokens() {
        return promptTokens - cachedTokens;
    }

    public double servedTokens() {
        return promptTokens + answerTokens;
    }

    /** The same traffic with another share of its prompts cached. */
    public Traffic withHitRatio(double ratio) {
        return new Traffic(promptTokens, promptTokens * ratio, answerTokens);
    }
}
