package dev.sluice.admission;

import dev.sluice.control.PoolSize;

/**
 * Short questions go at once, up to a small share of the pool, so that a chat never queues behind
 * agents. Beyond that share they wait like everybody. Confined to the gate loop.
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

    boolean takes(Step step) {
        double largest = Math.min(LARGEST_STEP_TOKENS, LARGEST_STEP_RATIO * pool.tokens());
        return step.arrival.question()
                && step.footprintTokens <= largest
                && tokens + step.footprintTokens <= SHARE_RATIO * pool.tokens();
    }

    void enter(Step step) {
        step.inChatLane = true;
        tokens += step.footprintTokens;
    }

    void leave(Step step) {
        if (step.inChatLane) {
            tokens = Math.max(0, tokens - step.footprintTokens);
        }
    }
}
