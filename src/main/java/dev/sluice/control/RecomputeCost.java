package dev.sluice.control;

/**
 * What it costs the engine to compute a token again: {@code c₀ · (1 + context / q)} engine seconds, where the second term
 * stands for attention. c₀ is learned from the time to first token of prompts that had the engine's prefill for
 * themselves. Confined to the gate loop.
 */
public final class RecomputeCost {

    private static final double PRIOR_SECONDS_PER_TOKEN = 1.0 / 15_000;
    private static final double ATTENTION_CONTEXT_TOKENS = 50_000;
    private static final double LEARNING_RATE = 0.1;
    private static final long SMALLEST_SAMPLE_TOKENS = 512;

    private double secondsPerToken = PRIOR_SECONDS_PER_TOKEN;
    private boolean learned;

    /** Engine seconds per token of a context of that size. */
    public double secondsPerToken(double contextTokens) {
        return secondsPerToken * (1 + contextTokens / ATTENTION_CONTEXT_TOKENS);
    }

    /** Engine seconds for the uncached end of a prompt. */
    public double seconds(double promptTokens, double uncachedTokens) {
        return uncachedTokens * secondsPerToken(promptTokens - uncachedTokens / 2);
    }

    /** A prompt that shared the engine's prefill with no other took so long to its first token. */
    public void onUndisturbedPrefill(long promptTokens, long uncachedTokens, double firstTokenSeconds) {
        if (uncachedTokens < SMALLEST_SAMPLE_TOKENS || firstTokenSeconds <= 0) {
            return;
        }
        double scale = uncachedTokens * (1 + (promptTokens - uncachedTokens / 2.0) / ATTENTION_CONTEXT_TOKENS);
        double sample = firstTokenSeconds / scale;
        secondsPerToken = learned ? secondsPerToken + LEARNING_RATE * (sample - secondsPerToken) : sample;
        learned = true;
    }
}
