package dev.sluice.admission;

import dev.sluice.control.RecomputeCost;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.DoubleSupplier;

/**
 * Keeps the queue out of the engine: a bound on the time that it needs for the expected uncached tokens of the prompts in it that are
 * without their first token. One prompt is always let through, however large. Whether the first token has come is seen where answers are
 * streamed; of the others it is expected when the engine should be through with all that stood before it. Confined to the gate
 * loop.
 */
final class PrefillBound {

    /** A step whose first token will not be seen, and when it is taken to have come. */
    private record Unseen(Step step, long doneNanos) {}

    private final DoubleSupplier limitSeconds;
    private final RecomputeCost cost;
    private final PriorityQueue<Unseen> unseen = new PriorityQueue<>(Comparator.comparingLong(Unseen::doneNanos));
    private double inFlightTokens;
    private int prompts;

    PrefillBound(DoubleSupplier limitSeconds, RecomputeCost cost) {
        this.limitSeconds = limitSeconds;
        this.cost = cost;
    }

    boolean allows(double uncachedTokens) {
        double seconds = (inFlightTokens + uncachedTokens) * cost.secondsPerToken(0);
        return prompts == 0 || seconds <= limitSeconds.getAsDouble();
    }

    /** A step goes. */
    void begin(Step step, long nowNanos) {
        step.undisturbed = prompts == 0;
        step.inPrefill = true;
        inFlightTokens += step.uncachedTokens;
        prompts++;
        if (!step.arrival.streamed()) {
            double seconds = cost.secondsBefore() + cost.seconds(step.promptTokens, inFlightTokens);
            unseen.add(new Unseen(step, nowNanos + (long) (seconds * 1e9)));
        }
    }

    /** The step's first token has come, or the step is over. Idempotent. */
    void end(Step step) {
        if (step.inPrefill) {
            step.inPrefill = false;
            prompts--;
            inFlightTokens = prompts == 0 ? 0 : inFlightTokens - step.uncachedTokens;
        }
    }

    /** Time has passed. */
    void onTick(long nowNanos) {
        while (!unseen.isEmpty() && unseen.element().doneNanos <= nowNanos) {
            end(unseen.remove().step);
        }
    }
}
