package dev.sluice.admission;

import dev.sluice.control.Law;
import dev.sluice.control.PoolSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Makes a {@link Snapshot} of what the gate knows at one moment. Used up by one call. */
final class SnapshotView {

    /** Most agents listed; the counts cover all of them. */
    private static final int MOST_LISTED = 1_000;

    /** What is counted elsewhere. */
    record Totals(Law law, PoolSize pool, double heldTokens, int permits, int queueLimit, SignalWatch signals) {}

    private final AgentTable agents;
    private final WaitQueue queue;
    private final WaitEstimate estimate;
    private final long nowNanos;

    SnapshotView(AgentTable agents, WaitQueue queue, WaitEstimate estimate, long nowNanos) {
        this.agents = agents;
        this.queue = queue;
        this.estimate = estimate;
        this.nowNanos = nowNanos;
    }

    Snapshot snapshot(Totals totals) {
        long pool = totals.pool.tokens();
        Law law = totals.law;
        boolean countsTokens = pool > 0 && !Double.isInfinite(law.budgetTokens());
        return new Snapshot(
                nowNanos,
                law.name().label(),
                pool,
                totals.pool.source(),
                pool > 0 ? totals.heldTokens / pool : 0,
                countsTokens ? law.budgetTokens() / pool : Double.NaN,
                law.windowAgents() == Law.UNLIMITED_AGENTS ? -1 : law.windowAgents(),
                totals.permits,
                census(),
                queueView(totals.queueLimit),
                totals.signals.view(nowNanos),
                totals.signals.kvUsageRatio(),
                totals.signals.hitRatio(),
                list());
    }

    private Snapshot.Census census() {
        Map<AgentState, Integer> counts = new EnumMap<>(AgentState.class);
        for (Agent agent : agents.all()) {
            counts.merge(agent.state, 1, Integer::sum);
        }
        return new Snapshot.Census(
                counts.getOrDefault(AgentState.RUNNING, 0),
                counts.getOrDefault(AgentState.RESIDENT, 0),
                counts.getOrDefault(AgentState.WAITING, 0),
                counts.getOrDefault(AgentState.PARKED, 0));
    }

    private Snapshot.Queue queueView(int limit) {
        long oldest = 0;
        for (Step step : queue.inOrder()) {
            oldest = Math.max(oldest, step.waitedNanos(nowNanos));
        }
        return new Snapshot.Queue(queue.size(), queue.bytes(), oldest, limit);
    }

    private List<Snapshot.AgentView> list() {
        List<Snapshot.AgentView> views = new ArrayList<>();
        int position = 0;
        for (Step step : queue.inOrder()) {
            if (views.size() == MOST_LISTED) {
                return views;
            }
            views.add(view(step.agent, ++position));
        }
        List<Agent> others = new ArrayList<>();
        for (Agent agent : agents.all()) {
            if (agent.state != AgentState.WAITING) {
                others.add(agent);
            }
        }
        others.sort(Comparator.comparing((Agent agent) -> agent.state)
                .thenComparing(Comparator.comparingDouble((Agent agent) -> agent.heldTokens)
                        .reversed()));
        for (Agent agent : others.subList(0, Math.min(others.size(), MOST_LISTED - views.size()))) {
            views.add(view(agent, 0));
        }
        return views;
    }

    private Snapshot.AgentView view(Agent agent, int position) {
        Step step = agent.step;
        double footprint = step == null ? agent.heldTokens : step.footprintTokens;
        return new Snapshot.AgentView(
                agent.id,
                agent.source,
                agent.tenant,
                agent.parent == null ? null : agent.parent.id,
                agent.state,
                agent.contextTokens,
                Math.round(footprint),
                agent.steps,
                nowNanos - agent.stateSinceNanos,
                position,
                position == 0 ? -1 : estimate.estimateNanos(position),
                reason(agent));
    }

    private static String reason(Agent agent) {
        Step step = agent.step;
        if (agent.state == AgentState.WAITING && step != null) {
            return step.isNewcomer() ? "at_the_door" : "over_budget";
        }
        return agent.reason;
    }
}
