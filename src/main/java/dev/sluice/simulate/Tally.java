package dev.sluice.simulate;

import dev.sluice.emulator.CoreStats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts what happens to the agents of a run. Thread-safe. */
final class Tally {

    private final List<Double> ttftSeconds = new ArrayList<>();
    private final List<Double> chatTtftSeconds = new ArrayList<>();
    private final List<Double> startedWaitSeconds = new ArrayList<>();
    private final List<Double> doorWaitSeconds = new ArrayList<>();
    private final List<Double> lifeSeconds = new ArrayList<>();
    private final List<Double> stepsPerSecond = new ArrayList<>();
    private final Map<String, Integer> contextTokens = new HashMap<>();
    private final long startNanos = System.nanoTime();
    private int steps;
    private int ended;
    private int failed;
    private long newTokens;
    private double lastEndSeconds;

    synchronized void onFirstToken(AgentScript.Kind kind, boolean started, long ttftNanos, long waitedNanos) {
        if (kind == AgentScript.Kind.CHAT) {
            chatTtftSeconds.add(ttftNanos / 1e9);
            return;
        }
        ttftSeconds.add(ttftNanos / 1e9);
        (started ? startedWaitSeconds : doorWaitSeconds).add(waitedNanos / 1e9);
    }

    /** A step was answered whose prompt had so many tokens that no earlier request of the agent had sent. */
    synchronized void onStep(long unseenTokens) {
        steps++;
        newTokens += unseenTokens;
    }

    synchronized void onAgentEnd(AgentScript script, long lifeNanos, long sinceStartNanos) {
        ended++;
        if (script.kind() == AgentScript.Kind.CHAT) {
            return;
        }
        lifeSeconds.add(lifeNanos / 1e9);
        stepsPerSecond.add(script.steps().size() / Math.max(1e-9, lifeNanos / 1e9));
        lastEndSeconds = Math.max(lastEndSeconds, sinceStartNanos / 1e9);
    }

    /** The agent's client gave up. */
    synchronized void onAgentFailed(AgentScript script, long sinceStartNanos) {
        ended++;
        failed++;
        if (script.kind() == AgentScript.Kind.AGENT) {
            lastEndSeconds = Math.max(lastEndSeconds, sinceStartNanos / 1e9);
        }
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

    /** Agents and chats that are over, failed ones among them. */
    synchronized int ended() {
        return ended;
    }

    synchronized int steps() {
        return steps;
    }

    /** The outcome, given the engine's own counters over the run. */
    synchronized Outcome outcome(CoreStats engine) {
        return new Outcome(
                lastEndSeconds,
                steps,
                failed,
                engine.prefixQueryTokens() > 0 ? (double) engine.prefixHitTokens() / engine.prefixQueryTokens() : 0,
                Math.max(0, engine.computedPromptTokens() - newTokens),
                lastEndSeconds > 0 ? Math.min(1, engine.busyNanos() / 1e9 / lastEndSeconds) : 0,
                Samples.of(lifeSeconds),
                Samples.of(stepsPerSecond),
                Samples.of(ttftSeconds),
                Samples.of(chatTtftSeconds),
                Samples.of(startedWaitSeconds),
                Samples.of(doorWaitSeconds));
    }
}
