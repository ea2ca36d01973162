package dev.sluice.simulate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts what happens to the agents of a run. Thread-safe. */
final class Tally {

    private final List<Double> ttftSeconds = new ArrayList<>();
    private final List<Double> waitSeconds = new ArrayList<>();
    private final Map<String, Integer> contextTokens = new HashMap<>();
    private final long startNanos = System.nanoTime();
    private int steps;
    private int ended;
    private long newTokens;
    private double agentSeconds;
    private double lastEndSeconds;

    synchronized void onFirstToken(long ttftNanos, long waitedNanos) {
        ttftSeconds.add(ttftNanos / 1e9);
        waitSeconds.add(waitedNanos / 1e9);
    }

    /** A step was answered whose prompt had so many tokens that no earlier request of the agent had sent. */
    synchronized void onStep(long unseenTokens) {
        steps++;
        newTokens += unseenTokens;
    }

    synchronized void onAgentEnd(long lifeNanos, long sinceStartNanos) {
        ended++;
        agentSeconds += lifeNanos / 1e9;
        lastEndSeconds = Math.max(lastEndSeconds, sinceStartNanos / 1e9);
    }

    /** An agent's context has this size now; 0 when it has ended. */
    synchronized void onContext(String agent, int tokens) {
        contextTokens.put(agent, tokens);
    }

    synchronized long liveTokens() {
        return contextTokens.values().stream().mapToLong(Integer::longValue).sum();
    }

    /** When the run began, by the system's monotonic clock. */
    long startNanos() {
        return startNanos;
    }

    synchronized int ended() {
        return ended;
    }

    synchronized int steps() {
        return steps;
    }

    /** The outcome, given the engine's own counters over the run. */
    synchronized Outcome outcome(long queryTokens, long hitTokens, long computedTokens) {
        return new Outcome(
                lastEndSeconds,
                steps,
                queryTokens > 0 ? (double) hitTokens / queryTokens : 0,
                Math.max(0, computedTokens - newTokens),
                ttftSeconds,
                waitSeconds,
                ended > 0 ? agentSeconds / ended : 0);
    }
}
