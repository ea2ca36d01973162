package dev.sluice.admission;

/**
 * How many tokens a step will need: learned sizes, one set for all agents and one per agent where it has been seen.
 *
 * <p>The next prompt of a known agent is its last prompt plus the bytes that its body gained, times tokens per byte; of an
 * unknown one, its bytes alone. What is kept for an idle agent is its context, less what it shares, plus
 * {@code p ×} the growth of one step: p is the chance that an agent has a next step at all, for where nobody comes back,
 * room kept for growth is pure loss.
 *
 * <p>Confined to the gate loop.
 */
final class Footprints {

    private static final double LEARNING_RATE = 0.2;
    private static final double SLOW_RATE = 0.05;
    private static final double PRIOR_TOKENS_PER_BYTE = 0.25;
    private static final double PRIOR_ANSWER_TOKENS = 256;
    private static final double PRIOR_GROWTH_TOKENS = 512;

    // The prior of p: nine agents of ten return.
    private static final double PRIOR_RETURNS = 9;
    private static final double PRIOR_AGENTS = 10;

    private double tokensPerByte = PRIOR_TOKENS_PER_BYTE;
    private double answerTokens = PRIOR_ANSWER_TOKENS;
    private double growthTokens = PRIOR_GROWTH_TOKENS;
    private double commonTokens;
    private double returns;
    private double ends;
    private double goneAmongSilent;

    /**
     * @param promptTokens expected prompt
     * @param knownTokens of these, part of the agent's context already
     * @param footprintTokens expected need of the pool
     */
    record Estimate(double promptTokens, double knownTokens, double footprintTokens) {}

    Estimate estimate(Agent agent, Arrival arrival) {
        if (agent.steps == 0 && !arrival.started()) {
            agent.sharedTokens = (long) Math.min(commonTokens, arrival.bodyBytes() * tokensPerByte / 2);
        }
        long addedBytes = arrival.bodyBytes() - agent.lastBodyBytes;
        boolean extendsLast = agent.lastPromptTokens > 0 && addedBytes >= 0;
        double prompt = extendsLast
                ? agent.lastPromptTokens + addedBytes * tokensPerByte
                : Math.max(1, arrival.bodyBytes() * tokensPerByte);
        double known = extendsLast ? Math.min(agent.contextTokens, prompt) : Math.min(agent.sharedTokens, prompt);
        double answer =
                arrival.maxOutputTokens() >= 0 ? Math.min(arrival.maxOutputTokens(), answerTokens) : answerTokens;
        return new Estimate(prompt, known, Math.max(1, prompt - agent.sharedTokens + answer));
    }

    /** Learns from an answer that told its context, before the agent takes that over. */
    void onAnswer(Agent agent, Step step, Usage usage) {
        if (agent.steps == 0 && !step.arrival.started() && usage.cachedTokens() >= 0) {
            agent.sharedTokens = usage.cachedTokens();
            commonTokens += LEARNING_RATE * (usage.cachedTokens() - commonTokens);
        }
        if (step.arrival.bodyBytes() > 0) {
            double seen = (double) usage.promptTokens() / step.arrival.bodyBytes();
            tokensPerByte += SLOW_RATE * (seen - tokensPerByte);
        }
        answerTokens += SLOW_RATE * (usage.completionTokens() - answerTokens);
        double growth = usage.contextTokens() - agent.contextTokens;
        if (agent.contextTokens > 0 && growth > 0) {
            growthTokens += SLOW_RATE * (growth - growthTokens);
            agent.growthTokens = agent.growthTokens < 0
                    ? growth
                    : agent.growthTokens + LEARNING_RATE * (growth - agent.growthTokens);
        }
    }

    /** What newcomers have in common with others: it stands in the pool once, whoever shares it. */
    double commonTokens() {
        return commonTokens;
    }

    void onReturn() {
        returns++;
    }

    void onEnd() {
        ends++;
    }

    /** Expected number of agents that are silent now and will not return. */
    void onSilences(double expectedGone) {
        goneAmongSilent = expectedGone;
    }

    /** p: the chance that an agent has a next step. */
    double returnChance() {
        return (PRIOR_RETURNS + returns) / (PRIOR_AGENTS + returns + ends + goneAmongSilent);
    }

    /** Tokens by which that agent grows in one step, as far as was seen. */
    double growthTokens(Agent agent) {
        return agent.growthTokens >= 0 ? agent.growthTokens : growthTokens;
    }

    /** What an idle agent is counted with while its prefix is kept. */
    double residentTokens(Agent agent) {
        return Math.max(1, agent.contextTokens - agent.sharedTokens + returnChance() * growthTokens(agent));
    }

    /**
     * Steps of growth to expect of an agent within the next {@code steps} ones: {@code p + p² + … + p^steps}. With p = 1
     * that is all of them; where agents end early it is few.
     */
    double expectedSteps(int steps) {
        double p = returnChance();
        return p >= 1 ? steps : p * (1 - Math.pow(p, steps)) / (1 - p);
    }
}
