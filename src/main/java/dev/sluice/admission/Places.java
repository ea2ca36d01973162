package dev.sluice.admission;

import java.time.Duration;

/**
 * Where waiting steps stand. For that all of them are visited, so it happens at most once a second, and of many so seldom that
 * one a millisecond is visited; who came since stands behind all of its kind. Confined to the gate loop.
 */
final class Places {

    private static final long COUNT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long VISIT_NANOS = Duration.ofMillis(1).toNanos();

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
        long pause = Math.max(COUNT_NANOS, queue.size() * VISIT_NANOS);
        if (countedNanos == Long.MIN_VALUE || nowNanos - countedNanos >= pause) {
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
