package dev.sluice.admission;

import java.time.Duration;

/**
 * Where waiting steps stand. For that all of them are visited, so it happens at most once a second; who came since stands
 * behind all of its kind. Confined to the gate loop.
 */
final class Places {

    private static final long COUNT_NANOS = Duration.ofSeconds(1).toNanos();

    private final WaitQueue queue;
    private final WaitEstimate estimate;
    private final Explainer explainer;
    private long countedNanos = Long.MIN_VALUE;

    Places(WaitQueue queue, WaitEstimate estimate, Explainer explainer) {
        this.queue = queue;
        this.estimate = estimate;
        this.explainer = explainer;
    }

    /** The place of a step that waits. */
    Place of(Step step, long nowNanos) {
        if (countedNanos == Long.MIN_VALUE || nowNanos - countedNanos >= COUNT_NANOS) {
            countedNanos = nowNanos;
            int position = 0;
            for (Step each : queue.inOrder()) {
                each.position = ++position;
            }
        }
        int last = step.isNewcomer() ? queue.size() : queue.startedSize();
        int position = step.position == 0 ? last : Math.min(step.position, last);
        Obstacle.Kind reason = explainer.first(step).kind();
        return new Place(position, queue.size(), estimate.estimateNanos(position), reason);
    }
}
