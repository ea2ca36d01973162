package dev.sluice.admission;

import java.util.Collection;

/**
 * On which data-parallel rank an agent stays, so that it finds its prefix again: chosen when it first goes, the rank on which
 * agents hold least. Whose prefix was given up moves there too, if its own rank is fuller by more than it needs: it has little to
 * lose, and ranks stay level. Agents that live for one step are left to the engine, and so is everyone while there are fewer than
 * two ranks or nobody is to be placed.
 *
 * <p>What agents hold is summed up at each look; what was placed since is added to that. Confined to the gate loop.
 */
final class RankPlacement {

    /** No rank: the engine chooses. */
    static final int NONE = -1;

    private double[] heldTokens = {};

    /** So many ranks there are; 0 if nobody is to be placed. Agents on a rank that is no more are placed anew. */
    void resize(int ranks) {
        int count = ranks < 2 ? 0 : ranks;
        if (count != heldTokens.length) {
            heldTokens = new double[count];
        }
    }

    void refresh(Collection<Agent> agents) {
        if (heldTokens.length == 0) {
            return;
        }
        heldTokens = new double[heldTokens.length];
        for (Agent agent : agents) {
            if (agent.rank >= 0 && agent.rank < heldTokens.length) {
                heldTokens[agent.rank] += agent.heldTokens;
            }
        }
    }

    /** The rank that a step has gone to; {@link #NONE} if the engine is to choose. */
    int place(Step step) {
        Agent agent = step.agent;
        if (heldTokens.length == 0 || agent.anonymous) {
            return NONE;
        }
        boolean isPlaced = agent.rank >= 0 && agent.rank < heldTokens.length;
        if (isPlaced && step.wasHeld) {
            return agent.rank;
        }
        int least = leastHeld();
        if (!isPlaced || heldTokens[agent.rank] - heldTokens[least] > step.footprintTokens) {
            agent.rank = least;
        }
        heldTokens[agent.rank] += step.footprintTokens;
        return agent.rank;
    }

    private int leastHeld() {
        int least = 0;
        for (int rank = 1; rank < heldTokens.length; rank++) {
            least = heldTokens[rank] < heldTokens[least] ? rank : least;
        }
        return least;
    }
}
