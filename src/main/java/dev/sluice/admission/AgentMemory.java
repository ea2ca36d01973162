package dev.sluice.admission;

/** How agents become known, are known again, and are forgotten. Confined to the gate loop. */
final class AgentMemory {

    /** For one that comes: more than one, so that a table beyond its bound returns to it. */
    private static final int MOST_FORGOTTEN = 2;

    private final AgentTable agents;
    private final Learning learned;
    private final Occupancy occupancy;
    private final CacheStack cacheStack;

    AgentMemory(AgentTable agents, Learning learned, Occupancy occupancy, CacheStack cacheStack) {
        this.agents = agents;
        this.learned = learned;
        this.occupancy = occupancy;
        this.cacheStack = cacheStack;
    }

    /** The agent of an arrival. A second step of an agent beside its first is an agent of its own for that one step. */
    Agent agentOf(long stepId, Arrival arrival, long nowNanos) {
        Agent known = arrival.anonymous() ? null : agents.get(arrival.agentId());
        if (known == null || arrival.continuity().displaced() != null) {
            makePlace(nowNanos);
            return agents.newAgent(arrival, nowNanos);
        }
        if (known.step != null) {
            Agent beside = new Agent(arrival.besideAs(arrival.agentId() + "+" + stepId), known, nowNanos);
            beside.started |= known.started;
            return beside;
        }
        known.onArrival(arrival);
        learned.onReturn(known, nowNanos);
        return known;
    }

    private void makePlace(long nowNanos) {
        for (int forgotten = 0; forgotten < MOST_FORGOTTEN && agents.isFull(); forgotten++) {
            Agent oldest = agents.oldestForgettable();
            if (oldest != null) {
                forget(oldest, nowNanos);
            }
        }
    }

    /** Time has passed: who was silent for too long is forgotten. */
    void forgetLongSilent(long nowNanos) {
        agents.longSilent(nowNanos).forEach(agent -> forget(agent, nowNanos));
    }

    /** Nothing is known or kept of the agent any more. */
    void forget(Agent agent, long nowNanos) {
        learned.onForgotten(agent, nowNanos);
        occupancy.park(agent, "forgotten", nowNanos);
        cacheStack.onForgotten(agent);
        agents.remove(agent);
    }
}
