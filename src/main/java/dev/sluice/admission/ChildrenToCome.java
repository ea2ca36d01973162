package dev.sluice.admission;

import dev.sluice.control.DecayingMean;

/**
 * What sub-agents will need which have not come yet, of the pool or of the engine's time: as much as those of an agent of nobody's
 * needed on the mean of late, less what those need that are here. They pass others at the door, so whoever comes in leaves room for
 * its own. Confined to the gate loop.
 */
final class ChildrenToCome {

    private static final double HORIZON_SECONDS = 300;

    private final DecayingMean each = new DecayingMean(HORIZON_SECONDS);
    private double neededByChildren;
    private double roots;

    /** Nobody is inside. */
    void clear() {
        neededByChildren = 0;
        roots = 0;
    }

    /**
     * Counts an agent in.
     *
     * @param alive 0..1: the chance that it will go on
     * @param needed what it needs
     */
    void add(Agent agent, double alive, double needed) {
        if (agent.parent != null) {
            neededByChildren += needed;
        } else {
            roots += alive;
        }
    }

    /** Everybody was counted. */
    void settle(long nowNanos) {
        if (roots > 0) {
            each.observe(neededByChildren / roots, nowNanos);
        }
    }

    /** What those of everybody inside will need. */
    double ofAll() {
        return Math.max(0, roots * each.value() - neededByChildren);
    }

    /** What those of one more will need that is nobody's child. */
    double ofOne() {
        return each.value();
    }
}
