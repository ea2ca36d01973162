package dev.sluice.admission;

import dev.sluice.config.SluiceConfig;
import dev.sluice.control.RecomputeCost;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * How long a step may wait: as configured, times its client's patience. Clients count the engine's prefill as silence, too, so
 * where the prompt alone will take longer than what the configured wait leaves for the first token, the wait is shorter, by
 * half at most. Confined to the gate loop.
 */
final class WaitBound {

    private static final double LEAST_SHARE = 0.5;

    private final Supplier<SluiceConfig> config;
    private final RecomputeCost cost;

    WaitBound(Supplier<SluiceConfig> config, RecomputeCost cost) {
        this.config = config;
        this.cost = cost;
    }

    /** When the step that has just come will have waited long enough. */
    long deadlineNanos(Step step) {
        SluiceConfig now = config.get();
        Duration wait = step.isNewcomer() ? now.queue().doorWait() : now.queue().startedWait();
        double patience = step.arrival.patience();
        double silenceNanos = patience * now.upstream().streamedFirstByte().toNanos();
        double prefillNanos = 1e9 * cost.seconds(step.promptTokens, step.expectedUncachedTokens());
        double waitNanos = patience * wait.toNanos();
        double boundNanos = Math.max(LEAST_SHARE * waitNanos, Math.min(waitNanos, silenceNanos - prefillNanos));
        return step.arrivedNanos + (long) boundNanos;
    }
}
