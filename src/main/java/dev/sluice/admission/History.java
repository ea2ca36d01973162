package dev.sluice.admission;

import org.jspecify.annotations.Nullable;

/** What one agent has been through and what it has cost the engine since it was first seen. Confined to the gate loop. */
final class History {

    private long waitedNanos;
    private long longestWaitNanos;
    private long pauses;
    private String lastPause = "";
    private long lastPausedNanos;
    private long promptTokens;
    private long cachedTokens;
    private long recomputedTokens;
    private long expectedTokens;
    private long lostTokens;

    void onForwarded(long heldNanos) {
        waitedNanos += heldNanos;
        longestWaitNanos = Math.max(longestWaitNanos, heldNanos);
    }

    /** Its prefix was given up. */
    void onPaused(String why, long nowNanos) {
        pauses++;
        lastPause = why;
        lastPausedNanos = nowNanos;
    }

    /** A step is answered, before the agent takes over what the answer told. */
    void onAnswer(Step step, Usage usage, @Nullable CacheReturn back) {
        promptTokens += usage.promptTokens();
        if (usage.cachedTokens() >= 0) {
            cachedTokens += usage.cachedTokens();
            long known = (long) Math.min(step.knownTokens, usage.promptTokens());
            if (step.agent.steps > 0 && !Learning.isWhole(known, usage.cachedTokens())) {
                recomputedTokens += known - usage.cachedTokens();
            }
        }
        if (back != null && back.broken() == null) {
            expectedTokens += back.expectedTokens();
            lostTokens += back.lostTokens();
        }
    }

    Explanation.Cost cost(long nowNanos) {
        return new Explanation.Cost(
                waitedNanos,
                longestWaitNanos,
                pauses,
                lastPause,
                pauses == 0 ? -1 : nowNanos - lastPausedNanos,
                promptTokens,
                cachedTokens,
                recomputedTokens,
                expectedTokens,
                lostTokens);
    }
}
