package dev.sluice.admission;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who holds how much of the pool: the agents that run and those whose prefix is kept between steps. Confined to the gate
 * loop.
 */
final class Occupancy {

    private static final Comparator<Agent> BY_WORTH = Comparator.<Agent>comparingDouble(agent -> agent.worth)
            .thenComparingLong(agent -> agent.lastEndNanos)
            .thenComparing(agent -> agent.id);

    private final WaitQueue queue;
    private final TenantShares shares;
    private final Worth worth;
    private PauseListener pauses = PauseListener.NONE;

    // In the order in which they became resident: the one at the head has been idle longest.
    private final Set<Agent> residents = new LinkedHashSet<>();
    // Those of them without a waiting step, the least worth keeping first; after a look in no order until somebody
    // asks.
    private final NavigableSet<Agent> silent = new TreeSet<>(BY_WORTH);
    private final Set<Agent> unsorted = new LinkedHashSet<>();
    private double runningTokens;
    private double residentTokens;
    private int runningAgents;
    private long idleSinceNanos;

    Occupancy(WaitQueue queue, TenantShares shares, Worth worth) {
        this.queue = queue;
        this.shares = shares;
        this.worth = worth;
    }

    /** From now on that one is told of pauses. */
    void listen(PauseListener listener) {
        pauses = listener;
    }

    /** A step of the agent waits, or goes at once: its prefix is not to be asked for any more. */
    void onStep(Agent agent) {
        removeSilent(agent);
    }

    /** The agent's step has left without going. */
    void onStepLeft(Agent agent) {
        if (residents.contains(agent)) {
            silent.add(agent);
        }
    }

    /**
     * Looks again at what idle agents are worth, which changes with time.
     *
     * @param isWaitedFor whether any step waits, so that somebody will ask soon: they are put in order now, that no decision has to
     */
    void refresh(boolean isWaitedFor, long nowNanos) {
        unsorted.addAll(silent);
        silent.clear();
        for (Agent agent : unsorted) {
            agent.worth = worth.of(agent, nowNanos);
        }
        if (isWaitedFor) {
            sort();
        }
    }

    private void sort() {
        silent.addAll(unsorted);
        unsorted.clear();
    }

    private void removeSilent(Agent agent) {
        if (!unsorted.remove(agent)) {
            silent.remove(agent);
        }
    }

    /** The agent's step goes to the engine: from now on it is counted with so much. */
    void run(Agent agent, double tokens, long nowNanos) {
        if (residents.remove(agent)) {
            residentTokens -= agent.heldTokens;
        }
        hold(agent, tokens);
        runningTokens += tokens;
        runningAgents++;
        agent.enter(AgentState.RUNNING, "", nowNanos);
        if (agent.paused) {
            agent.paused = false;
            pauses.onResumed(agent.id, nowNanos);
        }
    }

    /** The agent's step has left the engine; nothing is counted for it until {@link #keep}. */
    void stop(Agent agent, long nowNanos) {
        runningTokens -= agent.heldTokens;
        runningAgents--;
        hold(agent, 0);
        agent.enter(AgentState.PARKED, "", nowNanos);
        if (runningAgents == 0) {
            runningTokens = 0; // sheds what rounding left
            idleSinceNanos = nowNanos;
        }
    }

    /** The idle agent's prefix is kept. */
    void keep(Agent agent, double tokens, long nowNanos) {
        hold(agent, tokens);
        residentTokens += tokens;
        residents.add(agent);
        agent.worth = worth.of(agent, nowNanos);
        silent.add(agent);
        agent.enter(AgentState.RESIDENT, "", nowNanos);
    }

    /** The prefix of an agent that does not run is given up; if a step of it waits, that changes lanes. */
    void park(Agent agent, String why, long nowNanos) {
        if (!residents.contains(agent)) {
            return;
        }
        Step step = agent.step;
        boolean waits = step != null && queue.remove(step);
        residents.remove(agent);
        removeSilent(agent);
        agent.history.onPaused(why, nowNanos);
        agent.paused = true;
        long given = Math.round(agent.heldTokens);
        residentTokens = residents.isEmpty() ? 0 : residentTokens - agent.heldTokens;
        hold(agent, 0);
        if (step != null && waits) {
            queue.add(step);
            agent.reason = why;
        } else {
            agent.enter(AgentState.PARKED, why, nowNanos);
        }
        // Last: whatever the listener does, the books are right.
        pauses.onPaused(agent.id, why, given, nowNanos);
    }

    private void hold(Agent agent, double tokens) {
        shares.change(agent.tenant, tokens - agent.heldTokens);
        agent.heldTokens = tokens;
        Agent parent = agent.parent;
        boolean holdsParent = tokens > 0 && agent.beginsWithParent;
        if (parent != null && holdsParent != agent.holdsParent) {
            agent.holdsParent = holdsParent;
            parent.holdingChildren += holdsParent ? 1 : -1;
        }
    }

    /** Everything cached is gone. */
    void parkAll(String why, long nowNanos) {
        for (Agent agent : List.copyOf(residents)) {
            park(agent, why, nowNanos);
        }
    }

    /** Idle agents, those with a waiting step among them, the longest idle first. A live view. */
    Collection<Agent> residents() {
        return Collections.unmodifiableSet(residents);
    }

    /**
     * Idle agents without a waiting step, those that may be asked to give way: the least worth keeping first, the longest idle
     * first among equals. A live view.
     */
    Collection<Agent> silentResidents() {
        sort();
        return Collections.unmodifiableSet(silent);
    }

    /**
     * Steps that wait behind that one with their agent's prefix held, the last in the order first. Where those who hold
     * leave each other no room to grow, they are the ones to give way, or nobody would ever go. A live view.
     */
    Iterable<Step> waitingBehind(Step step) {
        return queue.holdingBehind(step);
    }

    double tokens() {
        return runningTokens + residentTokens;
    }

    double runningTokens() {
        return runningTokens;
    }

    int runningAgents() {
        return runningAgents;
    }

    /** For how long nothing has run; 0 while anything does. */
    long idleNanos(long nowNanos) {
        return runningAgents == 0 ? nowNanos - idleSinceNanos : 0;
    }

    /** Agents that run or are resident. */
    int liveAgents() {
        return runningAgents + residents.size();
    }
}
