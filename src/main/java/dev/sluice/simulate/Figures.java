package dev.sluice.simulate;

/**
 * How the agents of a time fared, recorded or replayed. Immutable.
 *
 * @param steps answered
 * @param seconds from the first request to the last answer's end
 * @param agentSeconds per agent, from its first request to its last answer's end
 * @param engineSecondsPerStep mean time of a step in the engine
 * @param prefillSecondsPerToken time to the first token, in the engine, over the uncached tokens: that which a tenth of the steps
 *     with a good deal of them do not exceed, as it is little disturbed by others; 0 if no first token was seen
 * @param decodeSecondsPerToken the same of the time from there to the end, over the answer's tokens
 * @param firstTokenSeconds per step, from the request to the first token, waiting included
 * @param waitSeconds per step, held by Sluice
 * @param heldSteps of them, held at all; in shadow mode those that would have been
 * @param pauses how often agents' prefixes were given up
 * @param pausedAgents of how many agents
 * @param refusals steps refused
 * @param promptTokens of all steps
 * @param computedTokens of these, not found in the cache: prefilled
 */
public record Figures(
        int agents,
        int steps,
        double seconds,
        Samples agentSeconds,
        double engineSecondsPerStep,
        double prefillSecondsPerToken,
        double decodeSecondsPerToken,
        Samples firstTokenSeconds,
        Samples waitSeconds,
        int heldSteps,
        int pauses,
        int pausedAgents,
        int refusals,
        long promptTokens,
        long computedTokens) {

    /** Share of prompt tokens found in the cache, 0..1. */
    public double hitRatio() {
        return promptTokens == 0 ? 0 : 1 - (double) computedTokens / promptTokens;
    }
}
