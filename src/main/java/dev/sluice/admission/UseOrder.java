package dev.sluice.admission;

import org.jspecify.annotations.Nullable;

/**
 * Agents in the order in which they last used the engine, and how many tokens were used since any moment. A line of places, the
 * latest last, with the sums of a Fenwick tree (1994) over it; so Bennett and Kruskal (1975) count stack distances. Each
 * call costs the logarithm of the number of agents; once in so many calls the line is closed up. Confined to the gate loop.
 */
final class UseOrder {

    private static final int LEAST_PLACES = 64;

    private @Nullable Agent[] agents = new Agent[LEAST_PLACES];
    private long[] tokens = new long[LEAST_PLACES];

    /** When the agent of that place used the engine, also where it has left its place: never decreasing. */
    private long[] nanos = new long[LEAST_PLACES];

    /** One-based: {@code sums[i]} covers the lowest set bit of i many places up to and with the i-th. */
    private long[] sums = new long[LEAST_PLACES + 1];

    private int next;
    private int size;
    private long totalTokens;

    /** The agent is the latest now, with so many tokens of its own. */
    void use(Agent agent, long ownTokens, long nowNanos) {
        remove(agent);
        if (next == agents.length) {
            closeUp();
        }
        agents[next] = agent;
        tokens[next] = ownTokens;
        nanos[next] = nowNanos;
        add(next, ownTokens);
        agent.usePlace = next++;
        totalTokens += ownTokens;
        size++;
    }

    /** The agent uses the engine now, or is forgotten. Does nothing if it has no place. */
    void remove(Agent agent) {
        int place = agent.usePlace;
        if (place < 0) {
            return;
        }
        add(place, -tokens[place]);
        totalTokens -= tokens[place];
        agents[place] = null;
        tokens[place] = 0;
        agent.usePlace = -1;
        size--;
    }

    /** Tokens of the agents whose last use came after that moment. */
    long tokensSince(long moment) {
        int before = 0;
        int after = next;
        while (before < after) {
            int middle = (before + after) >>> 1;
            if (nanos[middle] <= moment) {
                before = middle + 1;
            } else {
                after = middle;
            }
        }
        return totalTokens - sumUpTo(before - 1);
    }

    private long sumUpTo(int place) {
        long sum = 0;
        for (int i = place + 1; i > 0; i -= Integer.lowestOneBit(i)) {
            sum += sums[i];
        }
        return sum;
    }

    private void add(int place, long change) {
        for (int i = place + 1; i < sums.length; i += Integer.lowestOneBit(i)) {
            sums[i] += change;
        }
    }

    /** Half of the new line is free, so that this costs a constant per use. */
    private void closeUp() {
        @Nullable Agent[] old = agents;
        long[] oldTokens = tokens;
        long[] oldNanos = nanos;
        int places = Math.max(LEAST_PLACES, 2 * size);
        agents = new Agent[places];
        tokens = new long[places];
        nanos = new long[places];
        sums = new long[places + 1];
        int filled = 0;
        for (int place = 0; place < next; place++) {
            Agent agent = old[place];
            if (agent != null) {
                agents[filled] = agent;
                tokens[filled] = oldTokens[place];
                nanos[filled] = oldNanos[place];
                agent.usePlace = filled++;
            }
        }
        next = filled;
        System.arraycopy(tokens, 0, sums, 1, places);
        for (int i = 1; i < sums.length; i++) {
            int above = i + Integer.lowestOneBit(i);
            if (above < sums.length) {
                sums[above] += sums[i];
            }
        }
    }
}
