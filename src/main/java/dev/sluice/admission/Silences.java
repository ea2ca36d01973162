package dev.sluice.admission;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * How many agents are between two steps, by the kind of their pause and the length of their silence. Each stands in the bin of its
 * silence ({@link PauseModel}) and moves on when it has outgrown that, so that a look visits those that move, however many are
 * silent. Confined to the gate loop.
 */
final class Silences {

    /** No bin: the agent is not silent, or nothing was ever answered. */
    static final int NONE = -1;

    private static final Comparator<Agent> LONGEST_FIRST =
            Comparator.<Agent>comparingLong(agent -> agent.lastEndNanos).thenComparing(agent -> agent.id);

    /** Those whose silences are of about one length stand together. */
    private final Map<PauseKind, List<NavigableSet<Agent>>> byKind = new EnumMap<>(PauseKind.class);

    /** Agents with a step whose parent is known. */
    private final Set<Agent> busyChildren = new LinkedHashSet<>();

    Silences() {
        for (PauseKind kind : PauseKind.values()) {
            List<NavigableSet<Agent>> bins = new ArrayList<>(PauseModel.BINS);
            for (int bin = 0; bin < PauseModel.BINS; bin++) {
                bins.add(new TreeSet<>(LONGEST_FIRST));
            }
            byKind.put(kind, bins);
        }
    }

    /** A step of the agent has come or is over, or its place among others has changed. */
    void place(Agent agent) {
        remove(agent);
        agent.awaitsChild = agent.isSilent() && agent.childBusyNanos > agent.lastEndNanos;
        if (!agent.isSilent()) {
            if (agent.parent != null) {
                busyChildren.add(agent);
            }
        } else if (agent.steps > 0) {
            enter(agent, 0); // however long it is silent already, until the next look
        }
    }

    /** The agent is not remembered any more. */
    void remove(Agent agent) {
        busyChildren.remove(agent);
        if (agent.silenceBin != NONE) {
            leave(agent);
        }
    }

    private void enter(Agent agent, int bin) {
        agent.silenceBin = bin;
        binOf(PauseKind.of(agent), bin).add(agent);
    }

    private void leave(Agent agent) {
        binOf(PauseKind.of(agent), agent.silenceBin).remove(agent);
        agent.silenceBin = NONE;
    }

    private NavigableSet<Agent> binOf(PauseKind kind, int bin) {
        return Objects.requireNonNull(byKind.get(kind)).get(bin);
    }

    /** Time has passed: agents move on to the bins of their silences, and parents see which of their children are at work. */
    void look(long nowNanos) {
        for (List<NavigableSet<Agent>> bins : byKind.values()) {
            for (int bin = 0; bin < PauseModel.BINS - 1; bin++) {
                NavigableSet<Agent> agents = bins.get(bin);
                while (!agents.isEmpty() && agents.first().silentSeconds(nowNanos) >= PauseModel.edgeSeconds(bin)) {
                    Agent agent = agents.first();
                    leave(agent);
                    enter(agent, bin + 1);
                }
            }
        }
        for (Agent child : busyChildren) {
            if (child.parent != null) {
                onBusyChild(child.parent, nowNanos);
            }
        }
    }

    private void onBusyChild(Agent parent, long nowNanos) {
        parent.childBusyNanos = nowNanos;
        int bin = parent.silenceBin;
        if (bin != NONE && !parent.awaitsChild) {
            leave(parent);
            parent.awaitsChild = true;
            enter(parent, bin);
        }
    }

    /** Agents whose silence is in that bin. */
    int agents(PauseKind kind, int bin) {
        return binOf(kind, bin).size();
    }
}
