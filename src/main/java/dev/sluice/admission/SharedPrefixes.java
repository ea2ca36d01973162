package dev.sluice.admission;

import dev.sluice.control.EngineSample;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What of first prompts was in the cache already, from the engine's counters, for engines whose answers do not tell it. What was
 * found beyond what those that go on had left there is what those that begin share: a share of the prompts of newcomers and one
 * of children's, learned by normalized least mean squares (Nagumo and Noda 1967) from windows of some seconds, from the first ones
 * faster.
 *
 * <p>What was given up is expected to be found, too, though it may be gone, and whatever is lost counts against the shares: they
 * are rather too small than too large. Where others use the engine as well, nothing is learned. Confined to the gate loop.
 */
final class SharedPrefixes {

    private static final long WINDOW_NANOS = Duration.ofSeconds(5).toNanos();

    private static final double SLOWEST_RATE = 0.2;

    /** The block at the end of a prefix is computed again. */
    private static final double SLACK_TOKENS = 16;

    /** Of a window's prompts, what the engine may have been asked more than by us. */
    private static final double MOST_FOREIGN = 0.1;

    private final Kind newcomers = new Kind();
    private final Kind children = new Kind();
    private double promptTokens;
    private double expectedTokens;
    private @Nullable EngineSample start;

    /** Of first prompts. */
    private static final class Kind {

        private double windowTokens;
        private int windows;
        private double ratio;

        private double sharedTokens() {
            return ratio * windowTokens;
        }

        private void learn(double errorTokens, double power) {
            if (windowTokens > 0) {
                double rate = Math.max(SLOWEST_RATE, 1.0 / ++windows);
                ratio = Math.max(0, Math.min(1, ratio + rate * errorTokens * windowTokens / power));
            }
        }
    }

    /** Of an agent's first prompt, 0..1. */
    double ratio(Agent agent) {
        return kind(agent).ratio;
    }

    /** A step goes. */
    void onForward(Step step) {
        promptTokens += step.promptTokens;
        if (step.agent.steps == 0 && !step.arrival.started()) {
            kind(step.agent).windowTokens += step.promptTokens;
        } else {
            expectedTokens += Math.max(0, step.knownTokens - SLACK_TOKENS);
        }
    }

    /** The engine's counters have been read. */
    void onSample(EngineSample sample) {
        EngineSample from = start;
        if (from == null || sample.prefixHitTokens() < from.prefixHitTokens()) {
            begin(sample);
        } else if (sample.takenAtNanos() - from.takenAtNanos() >= WINDOW_NANOS) {
            long asked = sample.prefixQueryTokens() - from.prefixQueryTokens();
            if (asked <= (1 + MOST_FOREIGN) * promptTokens) {
                learn(sample.prefixHitTokens() - from.prefixHitTokens() - expectedTokens);
            }
            begin(sample);
        }
    }

    private void learn(double foundTokens) {
        double error = foundTokens - newcomers.sharedTokens() - children.sharedTokens();
        double power = newcomers.windowTokens * newcomers.windowTokens + children.windowTokens * children.windowTokens;
        if (power > 0) {
            newcomers.learn(error, power);
            children.learn(error, power);
        }
    }

    private void begin(EngineSample sample) {
        start = sample.prefixHitTokens() < 0 ? null : sample;
        promptTokens = 0;
        expectedTokens = 0;
        newcomers.windowTokens = 0;
        children.windowTokens = 0;
    }

    private Kind kind(Agent agent) {
        return agent.parent == null ? newcomers : children;
    }
}
