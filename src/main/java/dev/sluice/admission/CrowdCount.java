package dev.sluice.admission;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts all agents, by state and size and by tenant. Used up by one snapshot. */
final class CrowdCount {

    private static final long SMALLEST_CLASS = 1_024;

    /** Most tenants told one by one; the rest are one entry. */
    private static final int MOST_TENANTS = 20;

    private static final class Sum {
        private int agents;
        private int waiting;
        private double tokens;
        private double heldTokens;

        private void add(int more, int moreWaiting, double moreTokens, double moreHeld) {
            agents += more;
            waiting += moreWaiting;
            tokens += moreTokens;
            heldTokens += moreHeld;
        }
    }

    private final Map<AgentState, Map<Long, Sum>> byState = new EnumMap<>(AgentState.class);
    private final Map<String, Sum> byTenant = new HashMap<>();

    void add(Agent agent) {
        double size = sizeTokens(agent);
        int waiting = agent.state == AgentState.WAITING ? 1 : 0;
        byState.computeIfAbsent(agent.state, state -> new TreeMap<>())
                .computeIfAbsent(classOf(size), upTo -> new Sum())
                .add(1, waiting, size, agent.heldTokens);
        byTenant.computeIfAbsent(agent.tenant, tenant -> new Sum()).add(1, waiting, size, agent.heldTokens);
    }

    /** What it needs or, between steps, what stands in the cache or did. */
    private static double sizeTokens(Agent agent) {
        Step step = agent.step;
        if (step != null) {
            return step.footprintTokens;
        }
        return agent.heldTokens > 0 ? agent.heldTokens : agent.contextTokens;
    }

    /** Powers of two: the upper end of the class. */
    private static long classOf(double tokens) {
        long upTo = SMALLEST_CLASS;
        while (upTo < tokens) {
            upTo *= 2;
        }
        return upTo;
    }

    Snapshot.Census census() {
        return new Snapshot.Census(
                count(AgentState.RUNNING),
                count(AgentState.RESIDENT),
                count(AgentState.WAITING),
                count(AgentState.PARKED));
    }

    private int count(AgentState state) {
        return byState.getOrDefault(state, Map.of()).values().stream()
                .mapToInt(sum -> sum.agents)
                .sum();
    }

    Snapshot.Crowd crowd() {
        List<Snapshot.Group> groups = new ArrayList<>();
        byState.forEach((state, classes) -> classes.forEach((upTo, sum) -> groups.add(
                new Snapshot.Group(state, upTo, sum.agents, Math.round(sum.tokens), Math.round(sum.heldTokens)))));
        return new Snapshot.Crowd(groups, tenants());
    }

    private List<Snapshot.Tenant> tenants() {
        List<Map.Entry<String, Sum>> largest = new ArrayList<>(byTenant.entrySet());
        largest.sort(Comparator.comparingDouble((Map.Entry<String, Sum> entry) -> -entry.getValue().heldTokens)
                .thenComparing(Map.Entry::getKey));
        List<Snapshot.Tenant> tenants = new ArrayList<>();
        Sum others = new Sum();
        for (Map.Entry<String, Sum> entry : largest) {
            Sum sum = entry.getValue();
            if (tenants.size() < MOST_TENANTS) {
                tenants.add(tenant(entry.getKey(), sum));
            } else {
                others.add(sum.agents, sum.waiting, sum.tokens, sum.heldTokens);
            }
        }
        if (others.agents > 0) {
            tenants.add(tenant("other", others));
        }
        return tenants;
    }

    private static Snapshot.Tenant tenant(String name, Sum sum) {
        return new Snapshot.Tenant(name, sum.agents, sum.waiting, Math.round(sum.heldTokens));
    }
}
