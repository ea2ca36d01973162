package dev.sluice.admission;

/**
 * A step was refused; the engine never saw it.
 *
 * @param ending {@link Ending#QUEUE_FULL}, {@link Ending#WAIT_EXPIRED}, {@link Ending#BUDGET_SPENT} or {@link Ending#DRAINING}
 * @param retryAfterNanos an honest, jittered estimate of when a place is free; at most 60 s
 */
public record Refusal(Ending ending, long retryAfterNanos) {}
