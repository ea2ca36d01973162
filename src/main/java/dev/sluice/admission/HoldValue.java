package dev.sluice.admission;

import dev.sluice.control.RecomputeCost;

/**
 * What it is worth, in engine seconds per token and second, to keep an idle agent's prefix: the index of its pause
 * ({@link PauseModel}) times the engine seconds that the prefix saves per token ({@link RecomputeCost}). Below the price of
 * room the agent gives way as soon as a waiting step needs its place; but not while a child holds room that begins with it, for
 * then its prefix stays in the pool whatever we count. Confined to the gate loop.
 */
final class HoldValue implements Worth {

    private final Learning learned;

    HoldValue(Learning learned) {
        this.learned = learned;
    }

    @Override
    public double of(Agent idle, long nowNanos) {
        if (idle.holdingChildren > 0) {
            return Double.POSITIVE_INFINITY;
        }
        return learned.pauses.of(idle).returnRatePerSecond(idle.silentSeconds(nowNanos))
                * learned.cost.secondsPerToken(idle.contextTokens);
    }
}
