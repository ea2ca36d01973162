package dev.sluice.admission;

import dev.sluice.control.PoolSize;
import java.time.Duration;

/**
 * All that visits every agent: at intervals, so that no decision does; the longer, the more there are, so that few decisions
 * wait for it. How often does not depend on how often it is asked.
 *
 * <p>Pure: time is an argument, never decreasing. Confined to the gate loop.
 */
final class Upkeep {

    private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();

    /** To look at an agent takes up to 0.4 µs: however many there are, hardly more than a decision in a hundred waits for a look. */
    private static final long LOOK_NANOS_EACH = 30_000;

    private final AgentTable agents;
    private final AgentMemory memory;
    private final Learning learned;
    private final PoolSize pool;
    private final Occupancy occupancy;
    private final Room room;
    private final RankPlacement ranks;
    private long lookedNanos = Long.MIN_VALUE;

    Upkeep(
            AgentTable agents,
            AgentMemory memory,
            Learning learned,
            PoolSize pool,
            Occupancy occupancy,
            Room room,
            RankPlacement ranks) {
        this.agents = agents;
        this.memory = memory;
        this.learned = learned;
        this.pool = pool;
        this.occupancy = occupancy;
        this.room = room;
        this.ranks = ranks;
    }

    /**
     * Time has passed.
     *
     * @param isWaitedFor whether any step waits for leave
     */
    void onTick(boolean isWaitedFor, long nowNanos) {
        long pace = Math.max(LOOK_NANOS, LOOK_NANOS_EACH * agents.size());
        if (lookedNanos != Long.MIN_VALUE && nowNanos - lookedNanos < pace) {
            return;
        }
        lookedNanos = nowNanos;
        memory.forgetLongSilent(nowNanos);
        learned.pauses.refresh(agents.silences(), nowNanos);
        learned.lifetimes.refresh();
        pool.onTick(isWaitedFor, nowNanos);
        occupancy.refresh(isWaitedFor, nowNanos);
        room.refresh(nowNanos);
        ranks.refresh(agents.all());
    }
}
