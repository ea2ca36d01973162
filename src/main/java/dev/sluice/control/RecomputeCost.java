package dev.sluice.control;

/**
 * What it costs the engine to compute a token again: {@code c₀ · (1 + context / q)} engine seconds, where the second term
 * stands for attention.
 *
 * <p>c₀ is the slope of a line through times to first token of prompts that had the engine's prefill for themselves, by
 * least squares over the last fifty or so: what every prompt waits for, however short (the iteration under way, the network),
 * is the line's height at zero and no cost of its tokens. Confined to the gate loop.
 */
public final class RecomputeCost {

    private static final double PRIOR_SECONDS_PER_TOKEN = 1.0 / 15_000;
    private static final double PRIOR_WORK_TOKENS = 8_192;
    private static final double ATTENTION_CONTEXT_TOKENS = 50_000;

    /** The weight of a sample falls by so much with each one after it. */
    private static final double DECAY = 0.98;

    /** A time so many times above the expected one is an accident of the machine, and counts as so many times. */
    private static final double LARGEST_SURPRISE = 4;

    /** Of the mean cost of a token, at least so much is its own, however the samples lie. */
    private static final double LEAST_OWN_SHARE = 0.1;

    private double weight;
    private double sumWork;
    private double sumSeconds;
    private double sumWorkSquared;
    private double sumWorkSeconds;
    private double secondsPerToken;
    private double secondsBefore;

    /** Knows the prior only: two samples on the line of a mid-sized model through nothing. */
    public RecomputeCost() {
        add(0, 0);
        add(PRIOR_WORK_TOKENS, PRIOR_WORK_TOKENS * PRIOR_SECONDS_PER_TOKEN);
    }

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
        if (uncachedTokens <= 0 || firstTokenSeconds <= 0) {
            return;
        }
        double work = uncachedTokens * (1 + (promptTokens - uncachedTokens / 2.0) / ATTENTION_CONTEXT_TOKENS);
        double expected = secondsBefore + secondsPerToken * work;
        add(work, Math.min(firstTokenSeconds, LARGEST_SURPRISE * expected));
    }

    private void add(double work, double seconds) {
        weight = DECAY * weight + 1;
        sumWork = DECAY * sumWork + work;
        sumSeconds = DECAY * sumSeconds + seconds;
        sumWorkSquared = DECAY * sumWorkSquared + work * work;
        sumWorkSeconds = DECAY * sumWorkSeconds + work * seconds;
        if (sumWork > 0) {
            fit();
        }
    }

    private void fit() {
        double mean = sumSeconds / sumWork;
        double spread = weight * sumWorkSquared - sumWork * sumWork;
        double slope = spread > 0 ? (weight * sumWorkSeconds - sumWork * sumSeconds) / spread : mean;
        secondsPerToken = Math.max(LEAST_OWN_SHARE * mean, Math.min(mean, slope));
        secondsBefore = (sumSeconds - secondsPerToken * sumWork) / weight;
    }
}
