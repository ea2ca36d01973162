package dev.sluice.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a gate was told and decided over a time, as agents with their answered steps. Immutable.
 *
 * @param settings those that decide who goes when, by key; empty if they were not recorded
 * @param mode that was in force at last
 * @param poolTokens the engine's pool as it was last known; 0 if it was not
 * @param agents by their first step
 * @param pauses how often agents' prefixes were given up
 * @param pausedAgents of how many agents
 * @param refusals how often steps were refused
 * @param leftOut steps that were not answered, or whose answer did not tell its size
 */
public record Recorded(
        Map<String, String> settings,
        String mode,
        long poolTokens,
        List<Agent> agents,
        int pauses,
        int pausedAgents,
        int refusals,
        int leftOut) {

    public Recorded {
        settings = Map.copyOf(settings);
        agents = List.copyOf(agents);
    }

    /**
     * One agent.
     *
     * @param steps by their end, at least one
     * @param started whether it had been answered before the first of them
     */
    record Agent(String id, String tenant, @Nullable String parentId, List<RecordedStep> steps, boolean started) {

        Agent {
            steps = List.copyOf(steps);
        }

        RecordedStep first() {
            return steps.get(0);
        }

        RecordedStep last() {
            return steps.get(steps.size() - 1);
        }
    }

    /** The share of steps that hardly anybody disturbed, also where the engine was never idle. */
    private static final double UNDISTURBED = 0.03;

    /** Answered steps. */
    public int steps() {
        return agents.stream().mapToInt(agent -> agent.steps().size()).sum();
    }

    /**
     * When a recording that begins amid a load can be compared with its replay, which begins with an idle engine: when the first
     * quarter of the steps has ended. One that begins with its agents can from the beginning.
     */
    private double settledSeconds() {
        if (agents.stream().noneMatch(Agent::started)) {
            return Double.NEGATIVE_INFINITY;
        }
        List<Double> ends = new ArrayList<>();
        agents.forEach(agent -> agent.steps().forEach(step -> ends.add(step.endedNanos() / 1e9)));
        return Samples.of(ends).quantile(0.25);
    }

    /** When the last of them ended; the least number there is if there are none. */
    public long lastNanos() {
        return agents.stream()
                .mapToLong(agent -> agent.last().endedNanos())
                .max()
                .orElse(Long.MIN_VALUE);
    }

    /** The figures by which it is compared. */
    public Figures figures() {
        List<Double> agentSeconds = new ArrayList<>();
        List<Double> firstTokens = new ArrayList<>();
        List<Double> waits = new ArrayList<>();
        List<Double> prefill = new ArrayList<>();
        List<Double> decode = new ArrayList<>();
        double settledSeconds = settledSeconds();
        double engineSeconds = 0;
        long prompt = 0;
        long cached = 0;
        int held = 0;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (Agent agent : agents) {
            agentSeconds.add((agent.last().endedNanos() - agent.first().askedNanos()) / 1e9);
            first = Math.min(first, agent.first().askedNanos());
            last = Math.max(last, agent.last().endedNanos());
            for (RecordedStep step : agent.steps()) {
                firstTokens.add(step.firstTokenAfterNanos() / 1e9);
                waits.add(step.waitedNanos() / 1e9);
                engineSeconds += (step.endedNanos() - step.forwardedNanos()) / 1e9;
                if (step.endedNanos() / 1e9 > settledSeconds) {
                    step.addPace(prefill, decode);
                }
                prompt += step.usage().promptTokens();
                cached += step.cachedTokens();
                held += step.isHeld() ? 1 : 0;
            }
        }
        return new Figures(
                agents.size(),
                firstTokens.size(),
                agents.isEmpty() ? 0 : (last - first) / 1e9,
                Samples.of(agentSeconds),
                engineSeconds / Math.max(1, firstTokens.size()),
                Samples.of(prefill).quantile(UNDISTURBED),
                Samples.of(decode).quantile(UNDISTURBED),
                Samples.of(firstTokens),
                Samples.of(waits),
                held,
                pauses,
                pausedAgents,
                refusals,
                prompt,
                prompt - cached);
    }
}
