package dev.sluice.simulate;

import dev.sluice.admission.Arrival;
import dev.sluice.admission.Usage;
import java.util.List;

/**
 * A step that was answered, as it was recorded. Immutable.
 *
 * @param arrival what was asked
 * @param how its conversation was found; empty if it was not looked for
 * @param askedNanos when it was first asked for: before the arrival if it had been refused
 * @param forwardedNanos when it went to the engine
 * @param firstTokenNanos when the first token came; -1 if that was not seen
 * @param endedNanos when its answer was whole
 * @param isHeld whether it was held, or in shadow mode would have been
 * @param usage sizes of prompt and answer, both known
 */
record RecordedStep(
        Arrival arrival,
        String how,
        long askedNanos,
        long forwardedNanos,
        long firstTokenNanos,
        long endedNanos,
        boolean isHeld,
        Usage usage) {

    /** A shorter prompt tells more of an iteration's fixed cost than of computing. */
    private static final int TELLING_TOKENS = 256;

    long waitedNanos() {
        return forwardedNanos - askedNanos;
    }

    /** From the request to the first token; to the end where the first token was not seen. */
    long firstTokenAfterNanos() {
        return (firstTokenNanos < 0 ? endedNanos : firstTokenNanos) - askedNanos;
    }

    /** Adds seconds per token to first token and from there to the end, as far as the step tells them. */
    void addPace(List<Double> prefill, List<Double> decode) {
        if (firstTokenNanos < 0) {
            return;
        }
        long uncached = usage.promptTokens() - cachedTokens();
        if (uncached >= TELLING_TOKENS) {
            prefill.add((firstTokenNanos - forwardedNanos) / 1e9 / uncached);
        }
        if (usage.completionTokens() > 1) {
            decode.add((endedNanos - firstTokenNanos) / 1e9 / (usage.completionTokens() - 1));
        }
    }

    /** Prompt tokens found in the cache; 0 where that was not told. */
    long cachedTokens() {
        return Math.max(0, usage.cachedTokens());
    }
}
