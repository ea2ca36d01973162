package dev.sluice.admission;

import dev.sluice.control.DecayingMean;

/**
 * The room that sub-agents will need which have not come yet: as much as those of an agent of nobody's needed on the mean of late, less
 * what those need that are here. They pass others at the door, so whoever comes in leaves room for its own. Confined to the gate loop.
 */
final class ChildrenToCome {

    private static final double HORIZON_SECONDS = 300;

    private final DecayingMean tokensEach = new DecayingMean(HORIZON_SECONDS);
    private double childrenTokens;
    private double roots;

    /** Nobody is inside. */
    void clear() {
        childrenTokens = 0;
        roots = 0;
    }

    /**
     * Counts an agent in.
     *
     * @param alive 0..1: the chance that it will go on
     * @param neededTokens what it needs of the pool
     */
    void add(Agent agent, double alive, double neededTokens) {
        if (agent.parent != null) {
            childrenTokens += neededTokens;
        } else {
            roots += alive;
        }
    }

    /** Everybody was counted. */
    void settle(long nowNanos) {
        if (roots > 0) {
            tokensEach.observe(childrenTokens / roots, nowNanos);
        }
    }

    /** Of everybody inside. */
    double tokens() {
        return Math.max(0, roots * tokensEach.value() - childrenTokens);
    }

    /** Of one more that is nobody's child. */
    double tokensEach() {
        return tokensEach.value();
    }
}
