package dev.sluice.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A seeded set of agents that grow like coding agents: a common system prompt, a task of their own, then tool results of
 * log-normal size and pauses of log-normal length.
 *
 * @param agents how many, all at once
 * @param steps mean number of steps; each agent has between half and one and a half of it
 * @param sharedTokens the common system prompt
 * @param taskTokens median size of an agent's own first part
 * @param toolTokens median size of a tool's result
 * @param answerTokens median length of an answer; none is shorter than a tool call
 * @param pauseSeconds median pause
 * @param pauseSigma spread of the pauses' logarithm: above 1 they are heavy-tailed
 */
public record Workload(
        int agents,
        int steps,
        int sharedTokens,
        int taskTokens,
        int toolTokens,
        int answerTokens,
        double pauseSeconds,
        double pauseSigma) {

    private static final double SIZE_SIGMA = 0.6;

    /** A short tool call fits. */
    private static final int LEAST_ANSWER_TOKENS = 8;

    /** The scripts; equal seeds give equal scripts. */
    public List<AgentScript> scripts(long seed) {
        SplittableRandom chance = new SplittableRandom(seed);
        List<AgentScript> scripts = new ArrayList<>(agents);
        for (int agent = 0; agent < agents; agent++) {
            scripts.add(script("agent-" + agent, chance.split()));
        }
        return scripts;
    }

    private AgentScript script(String name, SplittableRandom chance) {
        int count = Math.max(1, chance.nextInt(steps / 2, steps + steps / 2 + 1));
        List<AgentScript.StepScript> script = new ArrayList<>(count);
        for (int step = 0; step < count; step++) {
            int added = step == 0
                    ? sharedTokens + (int) logNormal(taskTokens, SIZE_SIGMA, chance)
                    : (int) logNormal(toolTokens, SIZE_SIGMA, chance);
            int output = (int) logNormal(answerTokens, SIZE_SIGMA, chance);
            long pause = (long) (logNormal(pauseSeconds, pauseSigma, chance) * 1e9);
            script.add(new AgentScript.StepScript(Math.max(1, added), Math.max(LEAST_ANSWER_TOKENS, output), pause));
        }
        return new AgentScript(name, 0, sharedTokens, script);
    }

    private static double logNormal(double median, double sigma, SplittableRandom chance) {
        return median * Math.exp(sigma * chance.nextGaussian());
    }
}
