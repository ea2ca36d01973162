package dev.sluice.admission;

import dev.sluice.control.PoolSize;

/**
 * How deep in the engine's cache a returning agent's prefix lies, and what was found of it: from this the pool's size is
 * measured. A cache that lets go the longest unused first holds a prefix as long as the stack distance (Mattson et al. 1970), all
 * that was used since, leaves room for it. Confined to the gate loop.
 */
final class CacheStack {

    private final AgentTable agents;
    private final Footprints footprints;
    private final Occupancy occupancy;
    private final PoolSize pool;
    private final UseOrder idle = new UseOrder();

    CacheStack(AgentTable agents, Footprints footprints, Occupancy occupancy, PoolSize pool) {
        this.agents = agents;
        this.footprints = footprints;
        this.occupancy = occupancy;
        this.pool = pool;
    }

    /** A step of an agent goes; to be called while its agent is still counted as idle. */
    void onForward(Step step) {
        step.stackDistanceTokens = distanceTokens(step.agent);
        idle.remove(step.agent);
    }

    /** An answer told its size; to be called before the agent takes that over. */
    void onAnswer(Step step, Usage usage, long nowNanos) {
        Agent agent = step.agent;
        long own = agent.contextTokens - agent.sharedTokens;
        if (step.stackDistanceTokens < 0
                || usage.cachedTokens() < 0
                || own <= 0
                || usage.promptTokens() < agent.contextTokens) {
            return;
        }
        long found = Math.max(0, usage.cachedTokens() - agent.sharedTokens);
        boolean whole = Learning.isWhole(own, found);
        pool.onReturn(step.stackDistanceTokens, own, whole ? own : found, agent.foundWhole, nowNanos);
        agent.foundWhole = whole;
    }

    /** A step is over, and the agent knows its context. */
    void onIdle(Agent agent) {
        idle.use(agent, Math.max(0, agent.contextTokens - agent.sharedTokens));
    }

    void onForgotten(Agent agent) {
        idle.remove(agent);
    }

    /** The cache is empty: what is lost by that says nothing of the pool. */
    void onRestart() {
        agents.all().forEach(agent -> agent.foundWhole = false);
    }

    /**
     * Tokens used after the agent's own, counted as admission counts them: what runs now, and the contexts of those whose last answer
     * ended after its last. Negative if this return is not to be measured, as that of an agent whose children used its prefix.
     */
    private double distanceTokens(Agent returning) {
        if (returning.contextTokens == 0 || returning.hadChildren) {
            return -1;
        }
        return footprints.commonTokens() + occupancy.runningTokens() + idle.tokensAfter(returning);
    }
}
