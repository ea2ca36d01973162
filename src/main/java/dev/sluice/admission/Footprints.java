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

    /**
     * Recorded coding agents gain 0.13 to 0.2 of their first prompt per step. To expect more than that costs a little at the
     * start, to expect less costs much later: who was let in cannot be put out.
     */
    private static final double PRIOR_GROWTH_RATIO = 0.25;

    /** The priors of sizes weigh as much as so many answers. */
    private static final double PRIOR_ANSWERS = 4;

    private final Lifetimes lifetimes;
    private final SharedPrefixes shared;
    private double tokensPerByte = PRIOR_TOKENS_PER_BYTE;
    private double answerTokens = PRIOR_ANSWER_TOKENS;
    private double growthTokens;
    private double commonTokens;

    /** What sub-agents share, mostly each with its parent. */
    private double childrenTokens;

    /** Whether an answer ever told what it found cached. */
    private boolean isTold;

    private double growths;
    private double answers = PRIOR_ANSWERS;

    /** @param shared goes for what newcomers share while no answer has told it */
    Footprints(Lifetimes lifetimes, SharedPrefixes shared) {
        this.lifetimes = lifetimes;
        this.shared = shared;
    }

    /**
     * @param promptTokens expected prompt
     * @param knownTokens of these, part of the agent's context already
     * @param footprintTokens expected need of the pool
     */
    record Estimate(double promptTokens, double knownTokens, double footprintTokens) {}

    Estimate estimate(Agent agent, Arrival arrival) {
        if (agent.steps == 0 && !arrival.started()) {
            agent.sharedTokens = (long) expectedShare(agent, arrival.bodyBytes() * tokensPerByte);
        }
        long addedBytes = arrival.bodyBytes() - agent.lastBodyBytes;
        boolean extendsLast = agent.lastPromptTokens > 0 && addedBytes >= 0;
        double prompt = extendsLast
                ? agent.lastPromptTokens + addedBytes * tokensPerByte
                : Math.max(1, arrival.bodyBytes() * tokensPerByte);
        double known = extendsLast ? Math.min(agent.contextTokens, prompt) : Math.min(agent.sharedTokens, prompt);
        PrefixBreak broken = arrival.continuity().broken();
        if (broken != null && agent.lastPromptTokens > 0) {
            known = Math.min(prompt, broken.keptRatio() * agent.lastPromptTokens);
        }
        return new Estimate(prompt, known, Math.max(1, prompt - agent.sharedTokens + answerTokens(arrival)));
    }

    /**
     * What a newcomer is expected to share. Of a child's prompt half at most: the rest stands in the pool by its parent, which may have given way.
     */
    private double expectedShare(Agent newcomer, double promptTokens) {
        double counted = isTold ? 0 : shared.ratio(newcomer) * promptTokens;
        return newcomer.parent == null
                ? Math.min(Math.max(commonTokens, counted), promptTokens)
                : Math.min(Math.max(childrenTokens, counted), promptTokens / 2);
    }

    double answerTokens(Arrival arrival) {
        return arrival.maxOutputTokens() >= 0 ? Math.min(arrival.maxOutputTokens(), answerTokens) : answerTokens;
    }

    /** Learns from an answer that told its context, before the agent takes that over. */
    void onAnswer(Agent agent, Step step, Usage usage) {
        isTold |= usage.cachedTokens() >= 0;
        if (agent.steps == 0 && !step.arrival.started()) {
            onFirstAnswer(agent, usage);
        }
        if (step.arrival.bodyBytes() > 0) {
            double seen = (double) usage.promptTokens() / step.arrival.bodyBytes();
            tokensPerByte += SLOW_RATE * (seen - tokensPerByte);
        }
        answers++;
        answerTokens += Math.max(SLOW_RATE, 1 / answers) * (usage.completionTokens() - answerTokens);
        double growth = usage.contextTokens() - agent.contextTokens;
        if (agent.contextTokens > 0 && growth > 0) {
            double before = growthTokens(agent, agent.contextTokens);
            agent.growthTokens = before + LEARNING_RATE * (growth - before);
            growths++;
            growthTokens += Math.max(SLOW_RATE, 1 / growths) * (growth - growthTokens);
        }
    }

    private void onFirstAnswer(Agent agent, Usage usage) {
        if (!isTold) {
            agent.sharedTokens = (long) (shared.ratio(agent) * usage.promptTokens());
        } else if (usage.cachedTokens() >= 0) {
            agent.sharedTokens = usage.cachedTokens();
            if (agent.parent == null) {
                commonTokens += LEARNING_RATE * (usage.cachedTokens() - commonTokens);
            } else {
                childrenTokens += LEARNING_RATE * (usage.cachedTokens() - childrenTokens);
                agent.beginsWithParent = agent.parent.contextTokens > 0
                        && Learning.isWhole(agent.parent.contextTokens, usage.cachedTokens());
            }
        }
    }

    /** What newcomers have in common that are nobody's children: it stands in the pool once, whoever shares it. */
    double commonTokens() {
        return commonTokens;
    }

    /**
     * Tokens by which an agent grows in one step: its own mean, else that of all, else by the size of its prompt.
     *
     * @param sizeTokens of its prompt or context
     */
    double growthTokens(Agent agent, double sizeTokens) {
        if (agent.growthTokens >= 0) {
            return agent.growthTokens;
        }
        double prior = PRIOR_ANSWERS / (PRIOR_ANSWERS + growths);
        return prior * PRIOR_GROWTH_RATIO * sizeTokens + (1 - prior) * growthTokens;
    }

    /** The same of one that goes on; without an identity nobody does, as far as can be told. */
    double growthToCome(Agent agent, double sizeTokens) {
        return agent.anonymous ? 0 : growthTokens(agent, sizeTokens);
    }

    /** What an idle agent is counted with while its prefix is kept. */
    double residentTokens(Agent agent) {
        double growth = growthTokens(agent, agent.contextTokens);
        return Math.max(1, agent.contextTokens - agent.sharedTokens + lifetimes.returnChance() * growth);
    }
}
