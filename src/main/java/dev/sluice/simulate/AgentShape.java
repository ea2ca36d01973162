package dev.sluice.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How the agents of one kind grow: a beginning in common, a task of their own, then tool results of log-normal size and
 * pauses of log-normal length, as recorded coding agents do.
 *
 * @param steps mean number of steps; each agent has between half and one and a half of it
 * @param sharedTokens the common system prompt
 * @param taskTokens median size of an agent's own first part
 * @param toolTokens median size of a tool's result
 * @param answerTokens median length of an answer; none is shorter than a tool call
 * @param pauseSeconds median pause
 * @param pauseSigma spread of the pauses' logarithm: above 1 they are heavy-tailed
 */
public record AgentShape(
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

    /** Whose words the system prompt of all agents is. */
    private static final Content SYSTEM_PROMPT = Content.own(0, null, 0);

    /** So many agents of this shape, all at once; equal seeds give equal scripts. */
    public List<AgentScript> atOnce(int agents, long seed) {
        SplittableRandom chance = new SplittableRandom(seed);
        List<AgentScript> scripts = new ArrayList<>(agents);
        for (int agent = 0; agent < agents; agent++) {
            scripts.add(script("agent-" + agent, "default", 0, chance.split()));
        }
        return scripts;
    }

    AgentScript script(String name, String tenant, long startNanos, SplittableRandom chance) {
        Content content = Content.own(chance.nextLong(), SYSTEM_PROMPT, sharedTokens);
        int count = Math.max(1, chance.nextInt(steps / 2, steps + steps / 2 + 1));
        List<AgentScript.StepScript> script = new ArrayList<>(count);
        int context = sharedTokens + size(taskTokens, chance);
        for (int step = 0; step < count; step++) {
            int prompt = step == 0 ? context : context + size(toolTokens, chance);
            int output = Math.max(LEAST_ANSWER_TOKENS, size(answerTokens, chance));
            long pause = (long) (logNormal(pauseSeconds, pauseSigma, chance) * 1e9);
            script.add(new AgentScript.StepScript(prompt, output, pause, content, List.of()));
            context = prompt + output;
        }
        return new AgentScript(name, tenant, AgentScript.Kind.AGENT, startNanos, sharedTokens, script);
    }

    private static int size(int medianTokens, SplittableRandom chance) {
        return Math.max(1, (int) logNormal(medianTokens, SIZE_SIGMA, chance));
    }

    private static double logNormal(double median, double sigma, SplittableRandom chance) {
        return median * Math.exp(sigma * chance.nextGaussian());
    }
}
