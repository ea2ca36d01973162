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
 * @param loss what the cache did not give back of what was expected
 * @param crowd all agents, summed up
 * @param list the agents, those that wait first in their order, then by what they hold, bounded
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
        Loss loss,
        Crowd crowd,
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
     * What was expected of the cache and did not come.
     *
     * @param ratio lost over expected in the last minute, 0..1; {@code NaN} if nothing was expected lately
     * @param expectedTokens in all
     * @param lostTokens of these, in all
     */
    public record Loss(double ratio, long expectedTokens, long lostTokens) {}

    /**
     * All agents, however many.
     *
     * @param groups by state and size; none is empty
     * @param tenants those that hold most first, bounded, the rest together as {@code other}
     */
    public record Crowd(List<Group> groups, List<Tenant> tenants) {

        public Crowd {
            groups = List.copyOf(groups);
            tenants = List.copyOf(tenants);
        }
    }

    /**
     * Agents of one state and about one size.
     *
     * @param upTo the largest size in tokens, a power of two; the group below ends at half of it
     * @param tokens their sizes together: what they need or, between steps, hold or did
     * @param heldTokens of these, counted as in the cache
     */
    public record Group(AgentState state, long upTo, int agents, long tokens, long heldTokens) {}

    /** The agents of one tenant, those of them that wait, and what all of them hold of the pool. */
    public record Tenant(String name, int agents, int waiting, long heldTokens) {}

    /**
     * One agent.
     *
     * @param footprintTokens what its step needs or, between steps, what it holds
     * @param heldTokens what it is counted with as in the cache
     * @param sinceNanos how long it has been in this state
     * @param position place in the queue, from 1; 0 if it does not wait
     * @param estimateNanos expected further wait; -1 if unknown or not waiting
     * @param reason why it waits or was parked; empty otherwise
     * @param prefix how stable its prompts have been
     * @param rank the data-parallel rank that it is kept on; negative if none
     */
    public record AgentView(
            String id,
            String source,
            String tenant,
            @Nullable String parent,
            AgentState state,
            long contextTokens,
            long footprintTokens,
            long heldTokens,
            long steps,
            long sinceNanos,
            int position,
            long estimateNanos,
            String reason,
            PrefixHealth prefix,
            int rank) {}
}
