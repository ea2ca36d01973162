package dev.sluice.admission;

import dev.sluice.control.PoolSize;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How deep in the engine's cache a returning agent's prefix lies, and what was found of it: from this the pool's size is
 * measured. A cache that lets go the longest unused first holds a prefix as long as the stack distance (Mattson et al. 1970), all
 * that was used since, leaves room for it.
 *
 * <p>What happens within a second may have happened in another order in the engine: steps that go together overtake each other, and
 * answers that end together arrive in any order. So the distance is known between two bounds. A prefix that was found proves what the
 * lower one says, one that was lost what the upper one says. Confined to the gate loop.
 */
final class CacheStack {

    private static final long ORDER_NANOS = Duration.ofSeconds(1).toNanos();

    /** A step that went, and what it is counted with. */
    private record Going(long atNanos, double tokens) {}

    private final AgentTable agents;
    private final Footprints footprints;
    private final Occupancy occupancy;
    private final PoolSize pool;
    private final UseOrder idle = new UseOrder();
    private final Deque<Going> lately = new ArrayDeque<>();
    private double latelyTokens;

    CacheStack(AgentTable agents, Footprints footprints, Occupancy occupancy, PoolSize pool) {
        this.agents = agents;
        this.footprints = footprints;
        this.occupancy = occupancy;
        this.pool = pool;
    }

    /** A step of an agent goes; to be called while its agent is still counted as idle. */
    void onForward(Step step, long nowNanos) {
        Agent agent = step.agent;
        idle.remove(agent);
        useOfParent(agent, nowNanos);
        while (!lately.isEmpty() && nowNanos - lately.element().atNanos >= ORDER_NANOS) {
            latelyTokens -= lately.remove().tokens;
        }
        // Where children used their parent's prefix meanwhile, how deep it lies is not known. Nor is what a changed
        // prompt should find.
        boolean isSound =
                step.arrival.continuity().broken() == null && agent.childUsedNanos < agent.lastEndNanos - ORDER_NANOS;
        if (agent.contextTokens > 0 && isSound) {
            double running = occupancy.runningTokens();
            double common = footprints.commonTokens();
            step.leastDistanceTokens =
                    common + Math.max(0, running - latelyTokens) + idle.tokensSince(agent.lastEndNanos + ORDER_NANOS);
            step.mostDistanceTokens = common + running + idle.tokensSince(agent.lastEndNanos - ORDER_NANOS);
        }
        lately.add(new Going(nowNanos, step.footprintTokens));
        latelyTokens = lately.size() == 1 ? step.footprintTokens : latelyTokens + step.footprintTokens;
    }

    /** What a child begins with is used with it. */
    private void useOfParent(Agent child, long nowNanos) {
        Agent parent = child.parent;
        if (parent == null) {
            return;
        }
        parent.childUsedNanos = nowNanos;
        if (parent.usePlace >= 0 && child.beginsWithParent) {
            onIdle(parent, nowNanos);
        }
    }

    /** An answer told its size; to be called before the agent takes that over. */
    void onAnswer(Step step, Usage usage, long nowNanos) {
        Agent agent = step.agent;
        useOfParent(agent, nowNanos);
        long own = agent.contextTokens - agent.sharedTokens;
        if (step.mostDistanceTokens < 0
                || usage.cachedTokens() < 0
                || own <= 0
                || usage.promptTokens() < agent.contextTokens) {
            return;
        }
        long found = Math.max(0, usage.cachedTokens() - agent.sharedTokens);
        boolean whole = Learning.isWhole(own, found);
        if (whole) {
            pool.onReturn(step.leastDistanceTokens, own, own, agent.foundWhole, nowNanos);
        } else {
            pool.onReturn(step.mostDistanceTokens, own, found, agent.foundWhole, nowNanos);
        }
        agent.foundWhole = whole;
    }

    /** A step is over, and the agent knows its context. */
    void onIdle(Agent agent, long nowNanos) {
        idle.use(agent, Math.max(0, agent.contextTokens - agent.sharedTokens), nowNanos);
    }

    void onForgotten(Agent agent) {
        idle.remove(agent);
    }

    /** The cache is empty: what is lost by that says nothing of the pool. */
    void onRestart() {
        agents.all().forEach(agent -> agent.foundWhole = false);
    }
}
