package dev.sluice.simulate;

import dev.sluice.emulator.Preset;
import java.util.List;

/**
 * What {@link LeastWork} costs on an engine at least, as a weighted mean of two kinds of time: that in which the engine
 * works, and that in which its pool is taken, in seconds of the whole pool. Neither passes faster than the clock, so no
 * mean of them does. {@link LowerBound} tells how the formulas come about. Nanoseconds throughout. Immutable.
 */
final class LeastCost {

    private final Preset engine;
    private final double poolWeight;
    private final double poolTokens;
    private final double iterationNanos; // one that decodes: base and weights
    private final double baseNanos;
    private final double readPoolNanos; // reading the KV of a full pool
    private final double chunkTokens; // more than so much of a prompt, and two iterations may have to share its compute

    /** @param poolWeight 0..1, of the pool's time; the rest is the engine's */
    LeastCost(Preset engine, double poolWeight) {
        this.engine = engine;
        this.poolWeight = poolWeight;
        this.poolTokens = engine.poolTokens() - engine.poolTokens() % Preset.BLOCK_TOKENS;
        this.baseNanos = engine.baseNanos() - 0.5; // durations are rounded
        this.iterationNanos = baseNanos + engine.weightsNanos();
        this.readPoolNanos = engine.kvNanosPerToken() * poolTokens;
        this.chunkTokens = engine.tokensPerStep() - engine.weightsNanos() / engine.computeNanosPerToken();
    }

    private double engineWeight() {
        return 1 - poolWeight;
    }

    /** The step with all in the cache that can be there. */
    double stepNanos(LeastWork.Step step) {
        double read = step.readTokens() / poolTokens;
        double taken = Math.max(0, step.readTokens() - step.decodes() * step.othersTokens()) / poolTokens;
        return engineWeight() * prefillNanos(step.newTokens(), step.script().promptTokens())
                + (shareOfIterationNanos() + poolWeight * iterationNanos) * taken
                + engineWeight() * readPoolNanos * read;
    }

    /**
     * Least of {@code ((1 − μ) F + μ K s²) / s} over fills 0 < s <= 1 of the pool, μ the pool's weight, F an iteration's
     * fixed cost, K the reading of a full pool: the wider the batch, the cheaper a token, unless long iterations make
     * what the pool holds dearer than what they save.
     */
    private double shareOfIterationNanos() {
        double fixed = engineWeight() * iterationNanos;
        double growing = poolWeight * readPoolNanos;
        return fixed >= growing ? fixed + growing : 2 * Math.sqrt(fixed * growing);
    }

    /** What a prompt's new tokens add to iterations that happen anyway. */
    private double prefillNanos(double tokens, double promptTokens) {
        double attended = tokens * (promptTokens - tokens) + tokens * (tokens - 1) / 2;
        double computed = chunkTokens <= 0
                ? 0
                : engine.computeNanosPerToken() * tokens - engine.weightsNanos() * (1 + tokens / chunkTokens);
        return Math.max(0, computed) + engine.attentionNanosPerTokenContext() * attended;
    }

    /**
     * What it costs that the step finds its agent's own prefix: to hold it through the pause, or to compute it again. Both
     * for a part of it is never cheaper than one of them, but for the few tokens whose compute hides behind the weights.
     *
     * @param pauseNanos before the step, at least
     * @param mayBeSpared sub-agents that ran in the pause may have computed it for their parent
     */
    double returnNanos(LeastWork.Step step, double pauseNanos, boolean mayBeSpared) {
        double least = Double.POSITIVE_INFINITY;
        for (double lost : new double[] {0, Math.min(hiddenTokens(step), step.keptTokens()), step.keptTokens()}) {
            double prompt = step.script().promptTokens();
            double again = prefillNanos(step.newTokens() + lost, prompt) - prefillNanos(step.newTokens(), prompt);
            double held = pauseNanos * (step.keptTokens() - lost) / poolTokens;
            least = Math.min(least, poolWeight * held + engineWeight() * again);
        }
        return Math.max(0, mayBeSpared ? least - 2 * engineWeight() * engine.weightsNanos() : least);
    }

    /** So many tokens more cost no compute. */
    private double hiddenTokens(LeastWork.Step step) {
        double slope = engine.computeNanosPerToken() - engine.weightsNanos() / chunkTokens;
        boolean always = chunkTokens <= 0 || slope <= 0;
        return always ? Double.POSITIVE_INFINITY : Math.max(0, engine.weightsNanos() / slope - step.newTokens());
    }

    /** The step alone on the engine. */
    double aloneNanos(LeastWork.Step step) {
        int chunks = (step.newTokens() + engine.tokensPerStep() - 1) / engine.tokensPerStep();
        double tokens = step.newTokens();
        double attended = tokens * (step.script().promptTokens() - tokens) + tokens * (tokens - 1) / 2;
        double decode = baseNanos + Math.max(engine.weightsNanos(), engine.computeNanosPerToken());
        return chunks * baseNanos
                + Math.max(chunks * engine.weightsNanos(), engine.computeNanosPerToken() * tokens)
                + engine.attentionNanosPerTokenContext() * attended
                + step.decodes() * decode
                + engine.kvNanosPerToken() * step.readTokens();
    }

    /** The agent from its first step to its end, alone on the engine, sub-agents side by side and free of charge. */
    double aloneNanos(LeastWork agent) {
        List<LeastWork.Step> steps = agent.steps();
        double nanos = 0;
        for (int i = 0; i < steps.size(); i++) {
            nanos += aloneNanos(steps.get(i)) + (i == steps.size() - 1 ? 0 : pauseNanos(steps.get(i)));
        }
        return nanos;
    }

    /** From the step's end to the next one's start. */
    double pauseNanos(LeastWork.Step step) {
        double nanos = step.script().pauseNanos();
        for (LeastWork child : step.children()) {
            nanos = Math.max(nanos, child.startNanos() + aloneNanos(child));
        }
        return nanos;
    }
}
