package dev.sluice.admission;

/**
 * How deep in the engine's cache a returning agent's prefix lies. A cache that lets go the longest unused first holds it
 * as long as the stack distance (Mattson et al. 1970), all that was used since, leaves room for it. Confined to the gate loop.
 */
final class CacheStack {

    /** With more agents than this only some of the returns are measured, so that the cost of a decision stays bounded. */
    private static final int MOST_AGENTS_FOR_ALL = 256;

    private final AgentTable agents;
    private final Footprints footprints;
    private long returns;

    CacheStack(AgentTable agents, Footprints footprints) {
        this.agents = agents;
        this.footprints = footprints;
    }

    /**
     * Tokens used after the agent's own, counted as admission counts them: what runs now, and the contexts of those whose last answer
     * ended after its last. Negative if this return is not to be measured, as that of an agent whose children used its prefix. To be
     * asked when its step goes.
     */
    double distanceTokens(Agent returning) {
        boolean measured = returning.contextTokens > 0
                && !returning.hadChildren
                && returns++ % (1 + agents.size() / MOST_AGENTS_FOR_ALL) == 0;
        if (!measured) {
            return -1;
        }
        double tokens = footprints.commonTokens();
        for (Agent other : agents.all()) {
            if (other != returning) {
                if (other.state == AgentState.RUNNING) {
                    tokens += other.heldTokens;
                } else if (other.lastEndNanos > returning.lastEndNanos) {
                    tokens += Math.max(0, other.contextTokens - other.sharedTokens);
                }
            }
        }
        return tokens;
    }
}
