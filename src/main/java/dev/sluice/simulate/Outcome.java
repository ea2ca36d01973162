package dev.sluice.simulate;

import java.util.Arrays;
import java.util.List;

/**
 * How a run of agents went.
 *
 * @param makespanSeconds from the start to the last agent's end
 * @param steps steps that were answered
 * @param hitRate share of prompt tokens that the engine found cached, 0..1
 * @param recomputedTokens prompt tokens computed beyond those that were new
 * @param ttftSeconds per step, from the client's request to the first token, waiting included, ascending
 * @param waitSeconds per step, held by Sluice, ascending
 * @param meanAgentSeconds mean time of an agent from its start to its end
 */
public record Outcome(
        double makespanSeconds,
        int steps,
        double hitRate,
        long recomputedTokens,
        List<Double> ttftSeconds,
        List<Double> waitSeconds,
        double meanAgentSeconds) {

    public Outcome {
        ttftSeconds = sorted(ttftSeconds);
        waitSeconds = sorted(waitSeconds);
    }

    private static List<Double> sorted(List<Double> values) {
        Double[] array = values.toArray(new Double[0]);
        Arrays.sort(array);
        return List.of(array);
    }

    public double stepsPerSecond() {
        return makespanSeconds > 0 ? steps / makespanSeconds : 0;
    }

    /** The time to first token that this share (0..1) of the steps did not exceed; 0 without any step. */
    public double ttftQuantile(double share) {
        if (ttftSeconds.isEmpty()) {
            return 0;
        }
        int index = (int) Math.ceil(share * ttftSeconds.size()) - 1;
        return ttftSeconds.get(Math.max(0, index));
    }

    public double longestWaitSeconds() {
        return waitSeconds.isEmpty() ? 0 : waitSeconds.get(waitSeconds.size() - 1);
    }
}
