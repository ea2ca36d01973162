package dev.sluice.admission;

import java.time.Duration;

/** How long an idle agent keeps its place under the laws that do not weigh pauses. */
final class Lease {

    static final String OVER = "lease_over";

    private static final long LEASE_NANOS = Duration.ofMinutes(2).toNanos();

    private Lease() {}

    static boolean isOver(Agent idle, long nowNanos) {
        return nowNanos - idle.lastEndNanos > LEASE_NANOS;
    }
}
