package dev.sluice.admission;

/** How agents become known, are known again, and are forgotten. Confined to the gate loop. */
final class AgentMemory {

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
        if (known == null) {
            makePlace(nowNanos);
            Agent parent = arrival.parentId() == null ? null : agents.get(arrival.parentId());
            Agent agent = new Agent(arrival, parent, nowNanos);
            agent.started = arrival.started();
            return agent;
        }
        if (known.step != null) {
            Arrival beside = arrival.besideAs(arrival.agentId() + "+" + stepId);
            Agent agent = new Agent(beside, known, nowNanos);
            agent.started = arrival.started() || known.started;
            return agent;
        }
        known.started |= arrival.started();
        learned.onReturn(known, nowNanos);
        return known;
    }

    private void makePlace(long nowNanos) {
        if (agents.isFull()) {
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
