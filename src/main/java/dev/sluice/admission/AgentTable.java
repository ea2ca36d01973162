package dev.sluice.admission;

import dev.sluice.config.AgentsConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The agents remembered, the longest untouched first. Bounded: when it is full, the longest untouched of those that have not
 * come back yet is forgotten, and only where these are few, the longest untouched of all. So a flood of ids that are never used
 * again pushes out no agent at work (two queues: Johnson and Shasha 1994).
 *
 * <p>An agent with a step under way or with a remembered child is never forgotten, so the table may grow beyond its bound by as
 * many as wait and run and by those above them. Nobody stands above himself and nobody deep below others, so in a family that
 * rests there is always one who may be forgotten. Confined to the gate loop.
 */
final class AgentTable {

    /** How many of the longest untouched are looked at for one that may be forgotten when the table is full. */
    private static final int MOST_LOOKED_AT = 64;

    /** Agents that have not come back are forgotten first while they are at least one in so many. */
    private static final int FEW_NEWCOMERS = 4;

    /**
     * Who is nested deeper begins a family of its own: otherwise one endless chain of parents, none of which may be forgotten before its
     * child, would keep all its agents.
     */
    private static final int MOST_DEPTH = 8;

    private final Supplier<AgentsConfig> config;
    private final Map<String, Agent> byId = new LinkedHashMap<>();

    /** Those of them that had no answer yet when their last step came. */
    private final Set<Agent> newcomers = new LinkedHashSet<>();

    private final Silences silences = new Silences();

    /** None of those that may be forgotten has been silent since before that; {@link Long#MIN_VALUE} before the first look. */
    private long longestSilentNanos = Long.MIN_VALUE;

    AgentTable(Supplier<AgentsConfig> config) {
        this.config = config;
    }

    @Nullable
    Agent get(String id) {
        return byId.get(id);
    }

    /** Whether that one is remembered, and no other of its name. */
    boolean remembers(Agent agent) {
        return byId.get(agent.id) == agent;
    }

    /** Puts an agent at the young end, known before or not. */
    void touch(Agent agent) {
        if (byId.remove(agent.id) == null && agent.parent != null) {
            agent.parent.children++;
        }
        byId.put(agent.id, agent);
        newcomers.remove(agent);
        if (!agent.started) {
            newcomers.add(agent);
        }
        silences.place(agent);
    }

    /**
     * A step of the agent has come. Whoever goes on waits for nobody who is silent, but for those that a tool keeps: an agent with
     * sub-agents calls them as tools do, and goes on with what they said.
     */
    void onStep(Agent agent) {
        silences.remove(agent);
        agent.parentWentOn = false;
        touch(agent);
        if (agent.parent != null) {
            agent.parent.awaits(agent);
        }
        agent.awaited.removeIf(this::isLeftBehind);
    }

    private boolean isLeftBehind(Agent child) {
        PauseKind kind = PauseKind.of(child);
        if (!child.isSilent() || kind == PauseKind.TOOL || kind == PauseKind.CHILDREN) {
            return false;
        }
        silences.remove(child);
        child.parentWentOn = true;
        silences.place(child);
        return true;
    }

    /** The agent's step is over or has left. */
    void onSilent(Agent agent) {
        silences.place(agent);
    }

    void remove(Agent agent) {
        newcomers.remove(agent);
        silences.remove(agent);
        if (byId.remove(agent.id) != null && agent.parent != null) {
            agent.parent.children--;
            agent.parent.awaited.remove(agent);
            longestSilentNanos = Math.min(longestSilentNanos, agent.parent.unchangedSinceNanos());
        }
    }

    /**
     * A new agent with its parent, if that is known; not remembered before {@link #touch}. Whoever bore its name so far gives
     * it up, and turns out to be its child, with nothing in common; but not where it has children, who might stand too deep then,
     * and of whom the new one itself may be one.
     */
    Agent newAgent(Arrival arrival, long nowNanos) {
        Agent parent = arrival.parentId() == null ? null : byId.get(arrival.parentId());
        if (parent != null && parent.depth >= MOST_DEPTH) {
            parent = null;
        }
        Agent agent = new Agent(arrival, parent, nowNanos);
        String displaced = arrival.continuity().displaced();
        Agent other = displaced == null ? null : byId.remove(arrival.agentId());
        if (other != null && displaced != null) {
            silences.remove(other);
            other.id = displaced;
            other.source = "fingerprint";
            byId.put(displaced, other);
            if (other.parent == null && other.children == 0 && parent != other && agent.depth < MOST_DEPTH) {
                other.parent = agent;
                other.depth = agent.depth + 1;
                agent.children++;
                agent.awaits(other);
            }
            silences.place(other);
        }
        return agent;
    }

    boolean isFull() {
        return byId.size() >= config.get().max();
    }

    /** The agent to forget next, looking no further than a bounded number; null if none of these may be. */
    @Nullable
    Agent oldestForgettable() {
        Agent found = newcomers.size() >= config.get().max() / FEW_NEWCOMERS ? oldestForgettable(newcomers) : null;
        return found != null ? found : oldestForgettable(byId.values());
    }

    /** Who may not be forgotten is at work: it goes to the young end, so that the next look begins behind it. */
    private @Nullable Agent oldestForgettable(Collection<Agent> oldestFirst) {
        int most = Math.min(MOST_LOOKED_AT, oldestFirst.size());
        for (int looked = 0; looked < most; looked++) {
            Agent agent = oldestFirst.iterator().next();
            if (mayForget(agent)) {
                return agent;
            }
            touch(agent);
        }
        return null;
    }

    /** Agents silent for longer than the configured time; all are looked at only when there may be one. */
    List<Agent> longSilent(long nowNanos) {
        long bound = config.get().forgetAfter().toNanos();
        List<Agent> found = new ArrayList<>();
        if (longestSilentNanos == Long.MIN_VALUE || nowNanos - longestSilentNanos > bound) {
            longestSilentNanos = nowNanos;
            for (Agent agent : byId.values()) {
                if (mayForget(agent)) {
                    longestSilentNanos = Math.min(longestSilentNanos, agent.unchangedSinceNanos());
                    if (nowNanos - agent.unchangedSinceNanos() > bound) {
                        found.add(agent);
                    }
                }
            }
        }
        return found;
    }

    private static boolean mayForget(Agent agent) {
        return agent.isSilent() && agent.children == 0;
    }

    Collection<Agent> all() {
        return Collections.unmodifiableCollection(byId.values());
    }

    /** Those of them that are between two steps. */
    Silences silences() {
        return silences;
    }

    int size() {
        return byId.size();
    }
}
