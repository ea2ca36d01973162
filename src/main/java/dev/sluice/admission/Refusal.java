package dev.sluice.admission;

import org.jspecify.annotations.Nullable;

/**
 * A step was refused; the engine never saw it.
 *
 * @param ending {@link Ending#QUEUE_FULL}, {@link Ending#WAIT_EXPIRED}, {@link Ending#RETRY_STORM},
 *     {@link Ending#CONTEXT_LIMIT}, {@link Ending#BUDGET_SPENT} or {@link Ending#DRAINING}
 * @param retryAfterNanos an honest, jittered estimate of when a place is free; at most 60 s
 * @param context the ceiling that it was over; null if it was refused for another reason
 * @param place where it stood; null if it did not wait
 */
public record Refusal(
        Ending ending,
        long retryAfterNanos,
        @Nullable ContextUse context,
        @Nullable Place place) {

    /** For want of a place or of time. */
    public Refusal(Ending ending, long retryAfterNanos) {
        this(ending, retryAfterNanos, null, null);
    }
}
