package dev.sluice.control;

/**
 * What it costs the engine to compute a token again: {@code c₀ · (1 + context / q)} engine seconds, where the second term
 * stands for attention.
 *
 * <p>c₀ is the slope of a line through times to first token of prompts that had the engine's prefill for themselves, by
 * least squares over the last fifty or so: what every prompt waits for, however short (the iteration under way, the network),
 * is the line's height at zero and no cost of its tokens. Of answers that are not streamed the whole time is known only; the
 * line becomes a plane, with the answer's tokens as the second variable. Confined to the gate loop.
 */
public final class RecomputeCost {

    private static final double PRIOR_SECONDS_PER_TOKEN = 1.0 / 15_000;
    private static final double PRIOR_WORK_TOKENS = 8_192;
    private static final double ATTENTION_CONTEXT_TOKENS = 50_000;
    private static final double HALF_ATTENTION = 0.5 / ATTENTION_CONTEXT_TOKENS;

    /** The weight of a sample falls by so much with each one after it. */
    private static final double DECAY = 0.98;

    /** A time so many times above the expected one is an accident of the machine, and counts as so many times. */
    private static final double LARGEST_SURPRISE = 4;

    /** Of the mean cost of a token, at least so much is its own, however the samples lie. */
    private static final double LEAST_OWN_SHARE = 0.1;

    /** Work and answers that go up and down together tell nothing of each other: this much must be apart. */
    private static final double LEAST_APART = 0.1;

    private double weight;
    private double sumOutput;
    private double sumOutputSquared;
    private double sumOutputWork;
    private double sumOutputSeconds;
    private double secondsPerOutput;
    private double sumWork;
    private double sumSeconds;
    private double sumWorkSquared;
    private double sumWorkSeconds;
    private double secondsPerToken;
    private double secondsBefore;

    /** Knows the prior only: two samples on the line of a mid-sized model through nothing. */
    public RecomputeCost() {
        add(0, 0, 0);
        add(PRIOR_WORK_TOKENS, 0, PRIOR_WORK_TOKENS * PRIOR_SECONDS_PER_TOKEN);
    }

    /** Engine seconds per token of a context of that size. */
    public double secondsPerToken(double contextTokens) {
        return secondsPerToken * (1 + contextTokens / ATTENTION_CONTEXT_TOKENS);
    }

    /** Engine seconds for the uncached end of a prompt. */
    public double seconds(double promptTokens, double uncachedTokens) {
        return uncachedTokens * secondsPerToken(promptTokens - uncachedTokens / 2);
    }

    /** The work of a whole prompt, in tokens of one without a context. */
    public static double work(double promptTokens) {
        return promptTokens * (1 + promptTokens * HALF_ATTENTION);
    }

    /** Engine seconds for so much work at most: as if all of every time seen had gone into prompts. */
    public double secondsAtMost(double work) {
        return work * sumSeconds / sumWork;
    }

    /** What a prompt waits for that needs no computing, in seconds. */
    public double secondsBefore() {
        return Math.max(0, secondsBefore);
    }

    /** A prompt that shared the engine's prefill with no other took so long to its first token. */
    public void onUndisturbedPrefill(long promptTokens, long uncachedTokens, double firstTokenSeconds) {
        onUndisturbedAnswer(promptTokens, uncachedTokens, 0, firstTokenSeconds);
    }

    /** The same until so many tokens of its answer were there. */
    public void onUndisturbedAnswer(long promptTokens, long uncachedTokens, long outputTokens, double seconds) {
        if (uncachedTokens <= 0 || seconds <= 0) {
            return;
        }
        double work = uncachedTokens * (1 + (promptTokens - uncachedTokens / 2.0) / ATTENTION_CONTEXT_TOKENS);
        double expected = secondsBefore + secondsPerToken * work + secondsPerOutput * outputTokens;
        boolean isFirstOfItsKind = outputTokens > 0 && secondsPerOutput == 0;
        add(work, outputTokens, isFirstOfItsKind ? seconds : Math.min(seconds, LARGEST_SURPRISE * expected));
    }

    private void add(double work, double output, double seconds) {
        sumOutput = DECAY * sumOutput + output;
        sumOutputSquared = DECAY * sumOutputSquared + output * output;
        sumOutputWork = DECAY * sumOutputWork + output * work;
        sumOutputSeconds = DECAY * sumOutputSeconds + output * seconds;
        weight = DECAY * weight + 1;
        sumWork = DECAY * sumWork + work;
        sumSeconds = DECAY * sumSeconds + seconds;
        sumWorkSquared = DECAY * sumWorkSquared + work * work;
        sumWorkSeconds = DECAY * sumWorkSeconds + work * seconds;
        if (sumWork > 0) {
            fit();
        }
    }

    /** Each of these is the weight squared times a covariance. */
    private void fit() {
        double workWork = weight * sumWorkSquared - sumWork * sumWork;
        double workSeconds = weight * sumWorkSeconds - sumWork * sumSeconds;
        double outputOutput = weight * sumOutputSquared - sumOutput * sumOutput;
        double outputWork = weight * sumOutputWork - sumOutput * sumWork;
        double outputSeconds = weight * sumOutputSeconds - sumOutput * sumSeconds;
        double apart = workWork * outputOutput - outputWork * outputWork;
        secondsPerOutput = apart > LEAST_APART * workWork * outputOutput
                ? Math.max(0, (outputSeconds * workWork - workSeconds * outputWork) / apart)
                : 0;
        // Answers alone cannot have taken all the time, whatever the plane says.
        double mean = Math.max(LEAST_OWN_SHARE * sumSeconds, sumSeconds - secondsPerOutput * sumOutput) / sumWork;
        double slope = workWork > 0 ? (workSeconds - secondsPerOutput * outputWork) / workWork : mean;
        secondsPerToken = Math.max(LEAST_OWN_SHARE * mean, Math.min(mean, slope));
        secondsBefore = (sumSeconds - secondsPerToken * sumWork - secondsPerOutput * sumOutput) / weight;
    }
}
