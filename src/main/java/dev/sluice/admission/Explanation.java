package dev.sluice.admission;

import java.util.List;

/**
 * Why one agent is where it is at this moment, what would change that, and what it has cost. Immutable.
 *
 * @param obstacles what keeps its step from going now, its turn first; empty if it does not wait
 * @param promotedInNanos until it goes first whatever the cost; -1 if it does not wait or is a newcomer
 * @param expiresInNanos until its wait is refused; -1 if it does not wait
 * @param holdRatio of an idle agent with its prefix kept: what that is worth over the price of its room. Below 1 it gives
 *     way to a step that needs the room; infinite while sub-agents hold room that begin with it, {@code NaN} under a law that does
 *     not weigh
 * @param ending whether it was told to end and will be forgotten with the step under way
 */
public record Explanation(
        Snapshot.AgentView agent,
        List<Obstacle> obstacles,
        long promotedInNanos,
        long expiresInNanos,
        double holdRatio,
        boolean ending,
        Cost cost) {

    public Explanation {
        obstacles = List.copyOf(obstacles);
    }

    /**
     * Since the agent was first seen.
     *
     * @param waitedNanos sum of the waits of steps that went
     * @param longestWaitNanos the longest of these
     * @param pauses how often its prefix was given up
     * @param lastPause why the last time; empty if never
     * @param lastPausedNanos how long ago that was; -1 if never
     * @param promptTokens of all answered steps
     * @param cachedTokens of these, found in the engine's cache where the engine tells
     * @param recomputedTokens tokens of its own context that the engine had to compute again
     * @param expectedTokens cached tokens that we expected of the engine
     * @param lostTokens of these, not returned
     */
    public record Cost(
            long waitedNanos,
            long longestWaitNanos,
            long pauses,
            String lastPause,
            long lastPausedNanos,
            long promptTokens,
            long cachedTokens,
            long recomputedTokens,
            long expectedTokens,
            long lostTokens) {}
}
