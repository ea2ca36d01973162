package dev.sluice.admission;

import dev.sluice.control.PoolSize;

/**
 * Short questions go at once, up to a small share of the pool, so that a chat never queues behind agents. Beyond that share
 * they wait for each other, or at the door like agents.
 *
 * <p>The first step of an agent that names no tools and sends no id looks like a question. What came this way and went on
 * counts here as long as it needs room, so that a crowd of such agents stands at the door. Confined to the gate loop.
 */
final class ChatLane {

    private static final double LARGEST_STEP_TOKENS = 8_192;
    private static final double LARGEST_STEP_RATIO = 1.0 / 16;
    private static final double SHARE_RATIO = 0.1;

    private final PoolSize pool;
    private double tokens;

    ChatLane(PoolSize pool) {
        this.pool = pool;
    }

    /** Whether the step is of the kind that this lane is for. */
    boolean isFor(Step step) {
        double largest = Math.min(LARGEST_STEP_TOKENS, LARGEST_STEP_RATIO * pool.tokens());
        return step.arrival.question() && step.footprintTokens <= largest;
    }

    /**
     * Whether there is room in it now for a step of its kind.
     *
     * @param neededTokens by those that came this way and went on
     */
    boolean hasRoomFor(Step step, double neededTokens) {
        return tokens + neededTokens + step.footprintTokens <= SHARE_RATIO * pool.tokens();
    }

    /** The step goes, counted here. */
    void enter(Step step) {
        step.inChatLane = true;
        step.agent.cameAsQuestion = true;
        tokens += step.footprintTokens;
    }

    void leave(Step step) {
        if (step.inChatLane) {
            tokens = Math.max(0, tokens - step.footprintTokens);
        }
    }
}
