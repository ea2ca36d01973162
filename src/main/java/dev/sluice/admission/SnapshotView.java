package dev.sluice.admission;

import dev.sluice.control.Law;
import dev.sluice.control.PoolSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Makes a {@link Snapshot} of what the gate knows at one moment. Used up by one call. */
final class SnapshotView {

    private static final Comparator<Agent> SMALLEST_FIRST = Comparator.comparingDouble(
                    (Agent agent) -> agent.heldTokens)
            .thenComparingLong(agent -> agent.contextTokens);

    /** What is counted elsewhere. */
    record Totals(
            Law law,
            PoolSize pool,
            double heldTokens,
            int permits,
            int queueLimit,
            SignalWatch signals,
            LossMeter loss) {}

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

    /** @param mostListed bound on the list; what is summed up covers all agents */
    Snapshot snapshot(Totals totals, int mostListed) {
        long pool = totals.pool.tokens();
        Law law = totals.law;
        boolean countsTokens = pool > 0 && !Double.isInfinite(law.budgetTokens());
        CrowdCount count = new CrowdCount();
        agents.all().forEach(count::add);
        List<Step> waiting = queue.inOrder();
        return new Snapshot(
                nowNanos,
                law.name().label(),
                pool,
                totals.pool.source(),
                pool > 0 ? totals.heldTokens / pool : 0,
                countsTokens ? law.budgetTokens() / pool : Double.NaN,
                law.windowAgents() == Law.UNLIMITED_AGENTS ? -1 : law.windowAgents(),
                totals.permits,
                count.census(),
                queueView(waiting, totals.queueLimit),
                totals.signals.view(nowNanos),
                totals.signals.kvUsageRatio(),
                totals.signals.hitRatio(),
                totals.loss.view(nowNanos),
                count.crowd(),
                list(waiting, mostListed));
    }

    private Snapshot.Queue queueView(List<Step> steps, int limit) {
        long oldest = 0;
        for (Step step : steps) {
            oldest = Math.max(oldest, step.waitedNanos(nowNanos));
        }
        return new Snapshot.Queue(queue.size(), queue.bytes(), oldest, limit);
    }

    /** Of those that wait, no more than half of the list where others would be left out. */
    private List<Snapshot.AgentView> list(List<Step> steps, int most) {
        List<Agent> others = largestOthers(most);
        int waiting = Math.max(most / 2, most - others.size());
        List<Snapshot.AgentView> views = new ArrayList<>();
        steps.stream().limit(waiting).forEach(step -> views.add(view(step.agent, views.size() + 1)));
        others.stream().limit(most - views.size()).forEach(agent -> views.add(view(agent, 0)));
        return views;
    }

    /** Agents that do not wait, what they hold downwards. Of many, only so many are ever sorted. */
    private List<Agent> largestOthers(int most) {
        PriorityQueue<Agent> largest = new PriorityQueue<>(SMALLEST_FIRST);
        for (Agent agent : most == 0 ? List.<Agent>of() : agents.all()) {
            if (agent.state != AgentState.WAITING) {
                largest.add(agent);
                if (largest.size() > most) {
                    largest.poll();
                }
            }
        }
        List<Agent> sorted = new ArrayList<>(largest);
        sorted.sort(SMALLEST_FIRST.reversed());
        return sorted;
    }

    /** @param position its place in the queue, from 1; 0 if it does not wait */
    Snapshot.AgentView view(Agent agent, int position) {
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
                Math.round(agent.heldTokens),
                agent.steps,
                nowNanos - agent.stateSinceNanos,
                position,
                position == 0 ? -1 : estimate.estimateNanos(position),
                reason(agent),
                agent.prefix,
                agent.rank);
    }

    private static String reason(Agent agent) {
        Step step = agent.step;
        if (agent.state == AgentState.WAITING && step != null) {
            return step.isNewcomer() ? "at_the_door" : "over_budget";
        }
        return agent.reason;
    }
}
