package dev.sluice.admission;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gate at one moment, for people and metrics. Immutable.
 *
 * @param takenAtNanos when
 * @param law name of the law in force
 * @param poolTokens the pool that the law works with, in tokens; 0 if unknown
 * @param poolSource where that number came from: the engine's metrics, the configuration, or {@code unknown}
 * @param pressure tokens of running and resident agents over the pool; 0 while the pool is unknown
 * @param budget the pressure that the law allows; {@code NaN} for a law that does not count tokens
 * @param windowAgents how many agents the law lets live; -1 for a law that does not count agents
 * @param permits steps in the engine by the gate's own count
 * @param agents how many agents are in each state
 * @param queue the steps held back
 * @param signals how fresh the engine's metrics are
 * @param kvUsageRatio the engine's own gauge, for comparison; {@code NaN} if not told
 * @param hitRatio share of prompt tokens that the engine found cached lately, from its counters; {@code NaN} if not told
 * @param list the agents, most interesting first, bounded
 */
public record Snapshot(
        long takenAtNanos,
        String law,
        long poolTokens,
        String poolSource,
        double pressure,
        double budget,
        int windowAgents,
        int permits,
        Census agents,
        Queue queue,
        Signals signals,
        double kvUsageRatio,
        double hitRatio,
        List<AgentView> list) {

    /** Number of agents in each state. */
    public record Census(int running, int resident, int waiting, int parked) {}

    /**
     * The steps held back.
     *
     * @param size number of steps
     * @param bytes their bodies
     * @param oldestNanos how long the oldest has waited; 0 if none
     * @param limit most steps that may wait
     */
    public record Queue(int size, long bytes, long oldestNanos, int limit) {}

    /**
     * Freshness of the engine's metrics.
     *
     * @param fresh whether a usable page came within the staleness bound, and the engine's progress moved if it had work
     * @param ageNanos time since the last usable page; -1 if there was none yet
     * @param failures attempts that failed since the last usable page
     */
    public record Signals(boolean fresh, long ageNanos, long failures) {}

    /**
     * One agent.
     *
     * @param sinceNanos how long it has been in this state
     * @param position place in the queue, from 1; 0 if it does not wait
     * @param estimateNanos expected further wait; -1 if unknown or not waiting
     * @param reason why it waits or was parked; empty otherwise
     */
    public record AgentView(
            String id,
            String source,
            String tenant,
            @Nullable String parent,
            AgentState state,
            long contextTokens,
            long footprintTokens,
            long steps,
            long sinceNanos,
            int position,
            long estimateNanos,
            String reason) {}
}
