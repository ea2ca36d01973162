package dev.sluice.admission;

import dev.sluice.config.LimitsConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How long a prompt may be. Against limits that somebody set, the estimated size counts; against the engine's own, only what
 * is certain: a prompt that goes on with all of its agent's last one is no shorter than that was, and an engine that counts the
 * answer asked for as well refuses both together. Whatever else does not fit, the engine tells its client itself.
 *
 * <p>Confined to the gate loop.
 */
final class ContextCeiling {

    private static final String ENGINE = "max_model_len";

    private final Supplier<LimitsConfig> limits;
    private long engineTokens;
    private boolean countsAnswer;

    ContextCeiling(Supplier<LimitsConfig> limits) {
        this.limits = limits;
    }

    /**
     * The engine tells its own.
     *
     * @param tokens longest context; 0 if unknown
     * @param countsAnswer whether it refuses a request whose prompt and largest answer together exceed that
     */
    void onEngine(long tokens, boolean countsAnswer) {
        this.engineTokens = tokens;
        this.countsAnswer = countsAnswer;
    }

    /** The ceiling that a step is over; null if it may go. */
    @Nullable
    ContextUse exceeded(Step step) {
        for (ContextUse use : uses(step, leastPrompt(step))) {
            if (use.tokens() > use.limitTokens()) {
                return use;
            }
        }
        return null;
    }

    /** The ceiling that a step comes nearest to, if it is near enough to be warned of; null otherwise. */
    @Nullable
    ContextUse near(Step step) {
        return uses(step, step.promptTokens).stream()
                .max(Comparator.comparingDouble(ContextCeiling::share))
                .filter(use -> share(use) >= limits.get().contextWarning())
                .orElse(null);
    }

    private static double share(ContextUse use) {
        return (double) use.tokens() / use.limitTokens();
    }

    /** @param againstEngine the prompt's size as it counts for the engine's ceiling; 0 if nothing is certain */
    private List<ContextUse> uses(Step step, double againstEngine) {
        LimitsConfig set = limits.get();
        double answer = Math.max(0, step.arrival.maxOutputTokens());
        List<ContextUse> uses = new ArrayList<>(3);
        if (set.requestTokens() > 0) {
            uses.add(use(step.promptTokens + answer, set.requestTokens(), "limits.requestTokens"));
        }
        if (set.agentTokens() > 0 && !step.arrival.anonymous()) {
            uses.add(use(step.promptTokens, set.agentTokens(), "limits.agentTokens"));
        }
        if (engineTokens > 0) {
            uses.add(use(againstEngine + (countsAnswer ? answer : 0), engineTokens, ENGINE));
        }
        return uses;
    }

    private static ContextUse use(double tokens, long limitTokens, String limit) {
        return new ContextUse(Math.round(tokens), limitTokens, limit);
    }

    private static double leastPrompt(Step step) {
        boolean isCertain = step.arrival.continuity().whole() && !step.agent.isEstimated;
        return isCertain ? step.agent.lastPromptTokens : 0;
    }
}
