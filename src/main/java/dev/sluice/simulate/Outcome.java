package dev.sluice.simulate;

/**
 * How a run of agents went. Chats count only in {@code failed} and {@code chatTtftSeconds}.
 *
 * @param makespanSeconds from the start to the last agent's end
 * @param steps steps that were answered
 * @param failed agents and chats whose client gave up
 * @param hitRate share of prompt tokens that the engine found cached, 0..1
 * @param recomputedTokens prompt tokens computed beyond those that were new
 * @param busyRatio share of the makespan in which the engine worked, 0..1
 * @param lifeSeconds per agent that reached its end, from its start
 * @param stepsPerSecond the pace of each of these
 * @param ttftSeconds per step, from the client's request to the first token, waiting included
 * @param chatTtftSeconds the same of chats
 * @param startedWaitSeconds per step of an agent that had started, held by Sluice
 * @param doorWaitSeconds per first step, held by Sluice
 */
public record Outcome(
        double makespanSeconds,
        int steps,
        int failed,
        double hitRate,
        long recomputedTokens,
        double busyRatio,
        Samples lifeSeconds,
        Samples stepsPerSecond,
        Samples ttftSeconds,
        Samples chatTtftSeconds,
        Samples startedWaitSeconds,
        Samples doorWaitSeconds) {

    /** Pace of the whole run. */
    public double overallStepsPerSecond() {
        return makespanSeconds > 0 ? steps / makespanSeconds : 0;
    }

    /** Agents that reached their end, per second of the run. */
    public double agentsPerSecond() {
        return makespanSeconds > 0 ? lifeSeconds.sorted().size() / makespanSeconds : 0;
    }

    public double longestWaitSeconds() {
        return Math.max(startedWaitSeconds.max(), doorWaitSeconds.max());
    }
}
