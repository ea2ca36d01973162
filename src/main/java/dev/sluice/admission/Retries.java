package dev.sluice.admission;

import java.time.Duration;

/** How often one agent has asked the same again within a minute. Confined to the gate loop. */
final class Retries {

    private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

    private long begunNanos = Long.MIN_VALUE;
    private int seen;

    /**
     * A step is asked again.
     *
     * @param most how often that may be within a minute; 0 for no bound
     * @return whether that was too often
     */
    boolean isOneTooMany(int most, long nowNanos) {
        if (begunNanos == Long.MIN_VALUE || nowNanos - begunNanos >= WINDOW_NANOS) {
            begunNanos = nowNanos;
            seen = 0;
        }
        seen++;
        return most > 0 && seen > most;
    }

    /** When the next minute begins. */
    long retryAfterNanos(long nowNanos) {
        return Math.max(1, begunNanos + WINDOW_NANOS - nowNanos);
    }
}
