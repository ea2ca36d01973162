package dev.sluice.config;

import java.time.Duration;

/**
 * The steps held back.
 *
 * @param maxSteps most steps that may wait; one more is refused
 * @param maxBytes most bytes of bodies that may wait
 * @param startedWait longest wait of a step whose agent has started
 * @param doorWait longest wait of a newcomer's first step
 * @param doorTries how often a newcomer's client is counted on to ask before it gives up: on its last try it is let in beyond
 *     the door's budget rather than refused, where everybody inside can still be served in time
 * @param refusalStatus status of {@code queue_full} and {@code wait_expired}: 429 or 503
 */
public record QueueConfig(
        int maxSteps, long maxBytes, Duration startedWait, Duration doorWait, int doorTries, int refusalStatus) {

    public static final QueueConfig DEFAULT =
            new QueueConfig(4096, 512L << 20, Duration.ofMinutes(4), Duration.ofMinutes(4), 3, 429);

    QueueConfig holdingAtMost(long bytes) {
        return new QueueConfig(maxSteps, Math.min(maxBytes, bytes), startedWait, doorWait, doorTries, refusalStatus);
    }
}
