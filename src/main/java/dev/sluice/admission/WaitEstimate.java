package dev.sluice.admission;

import java.time.Duration;

/** How long a wait will be, from the pace at which held steps have been going. Confined to the gate loop. */
final class WaitEstimate {

    static final long UNKNOWN = -1;

    private static final long SHORTEST_RETRY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long UNKNOWN_RETRY_NANOS = Duration.ofSeconds(10).toNanos();
    private static final double LEARNING_RATE = 0.2;
    private static final double JITTER_RATIO = 0.2;

    /** Before the spread: with it, nobody is told more than a minute, and a crowd is spread however long the queue is. */
    private static final long LONGEST_RETRY_NANOS = Duration.ofSeconds(50).toNanos();

    private double meanGapNanos = -1;
    private long lastDepartureNanos;
    private boolean departed;

    /** A step that was held has gone, others still wait. */
    void onDeparture(long nowNanos) {
        if (departed) {
            double gap = nowNanos - lastDepartureNanos;
            meanGapNanos = meanGapNanos < 0 ? gap : meanGapNanos + LEARNING_RATE * (gap - meanGapNanos);
        }
        lastDepartureNanos = nowNanos;
        departed = true;
    }

    /** The queue is empty: the next gap would say nothing about the pace. */
    void onEmpty() {
        departed = false;
    }

    /** Expected wait of the step at that place, from 1; {@link #UNKNOWN} before any pace was seen. */
    long estimateNanos(int position) {
        return meanGapNanos < 0 ? UNKNOWN : (long) (meanGapNanos * position);
    }

    /**
     * When a refused client should come back: when half of those who wait now should have gone, 1 s to 50 s, spread by up
     * to a fifth so that a crowd does not return at once. The spread hangs on the agent alone, for chance has no place
     * here.
     */
    long retryAfterNanos(Agent agent, int waiting) {
        double expected = meanGapNanos < 0 ? UNKNOWN_RETRY_NANOS : meanGapNanos * waiting / 2;
        double spread = 1 + JITTER_RATIO * (Math.floorMod(agent.id.hashCode(), 2001) / 1000.0 - 1);
        return (long) (Math.min(LONGEST_RETRY_NANOS, Math.max(SHORTEST_RETRY_NANOS, expected)) * spread);
    }
}
