package dev.sluice.admission;

/** Arrivals, and the agents and steps that they make, for tests of one class alone. */
final class Arrivals {

    private static final long ANY_SIZE = -1;

    private Arrivals() {}

    /** A first step, whose client sets no bound on the answer. */
    static Arrival newcomer(String agent, long bodyBytes) {
        return arrival(agent, bodyBytes, ANY_SIZE, false);
    }

    /** A step whose history holds an answer. */
    static Arrival started(String agent, long bodyBytes) {
        return arrival(agent, bodyBytes, ANY_SIZE, true);
    }

    static Arrival arrival(String agent, long bodyBytes, long maxOutputTokens, boolean started) {
        return new Arrival(agent, "test", "default", null, false, started, bodyBytes, maxOutputTokens);
    }

    static Agent agent(String id) {
        return agent(started(id, 0), 0);
    }

    static Agent agent(Arrival arrival, long nowNanos) {
        Agent agent = new Agent(arrival, null, nowNanos);
        agent.started = arrival.started();
        return agent;
    }

    /** A step of an agent that is expected to need so much of the pool, its whole prompt unknown to the engine. */
    static Step step(Agent agent, double tokens) {
        return step(agent, started(agent.id, 0), new Footprints.Estimate(tokens, 0, tokens), 0);
    }

    static Step step(Agent agent, Arrival arrival, Footprints.Estimate estimate, long nowNanos) {
        return new Step(1, agent, arrival, estimate, nowNanos);
    }
}
