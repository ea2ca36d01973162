package dev.sluice.admission;

import dev.sluice.config.AgentsConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The agents remembered, the longest untouched first. Bounded; an agent with a step under way or with a remembered child
 * is never forgotten. Confined to the gate loop.
 */
final class AgentTable {

    /** How many of the longest untouched are looked at for one that may be forgotten when the table is full. */
    private static final int MOST_LOOKED_AT = 64;

    private final Supplier<AgentsConfig> config;
    private final Map<String, Agent> byId = new LinkedHashMap<>();

    AgentTable(Supplier<AgentsConfig> config) {
        this.config = config;
    }

    @Nullable
    Agent get(String id) {
        return byId.get(id);
    }

    /** Puts an agent at the young end, known before or not. */
    void touch(Agent agent) {
        if (byId.remove(agent.id) == null && agent.parent != null) {
            agent.parent.children++;
        }
        byId.put(agent.id, agent);
    }

    void remove(Agent agent) {
        if (byId.remove(agent.id) != null && agent.parent != null) {
            agent.parent.children--;
        }
    }

    /**
     * A new agent with its parent, if that is known; not remembered before {@link #touch}. Whoever bore its name so far gives
     * it up, and turns out to be its child, with nothing in common.
     */
    Agent newAgent(Arrival arrival, long nowNanos) {
        Agent parent = arrival.parentId() == null ? null : byId.get(arrival.parentId());
        Agent agent = new Agent(arrival, parent, nowNanos);
        String displaced = arrival.continuity().displaced();
        Agent other = displaced == null ? null : byId.remove(arrival.agentId());
        if (other != null && displaced != null) {
            other.id = displaced;
            other.source = "fingerprint";
            byId.put(displaced, other);
            if (other.parent == null) {
                other.parent = agent;
                agent.children++;
            }
        }
        return agent;
    }

    boolean isFull() {
        return byId.size() >= config.get().max();
    }

    /** The longest untouched agent that may be forgotten, looking no further than a bounded number; null if none. */
    @Nullable
    Agent oldestForgettable() {
        int looked = 0;
        for (Agent agent : byId.values()) {
            if (mayForget(agent)) {
                return agent;
            }
            if (++looked == MOST_LOOKED_AT) {
                return null;
            }
        }
        return null;
    }

    /** Agents silent for longer than the configured time. */
    List<Agent> longSilent(long nowNanos) {
        long bound = config.get().forgetAfter().toNanos();
        List<Agent> found = new ArrayList<>();
        for (Agent agent : byId.values()) {
            boolean silentLong = nowNanos - Math.max(agent.lastEndNanos, agent.stateSinceNanos) > bound;
            if (silentLong && mayForget(agent)) {
                found.add(agent);
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

    int size() {
        return byId.size();
    }
}
