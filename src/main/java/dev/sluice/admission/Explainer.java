package dev.sluice.admission;

import dev.sluice.config.SluiceConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Says why an agent is where it is, without changing anything. Confined to the gate loop. */
final class Explainer {

    private final Supplier<SluiceConfig> config;
    private final WaitQueue queue;
    private final Room room;
    private final PrefillBound prefill;

    Explainer(Supplier<SluiceConfig> config, WaitQueue queue, Room room, PrefillBound prefill) {
        this.config = config;
        this.queue = queue;
        this.room = room;
        this.prefill = prefill;
    }

    Explanation explain(Agent agent, SnapshotView view, long nowNanos) {
        Step step = agent.step;
        if (step == null || !step.isWaiting()) {
            double ratio = agent.state == AgentState.RESIDENT ? room.holdRatio(agent, nowNanos) : Double.NaN;
            return new Explanation(
                    view.view(agent, 0), List.of(), -1, -1, ratio, agent.ended, agent.history.cost(nowNanos));
        }
        int position = queue.inOrder().indexOf(step) + 1;
        return new Explanation(
                view.view(agent, position),
                obstacles(step, position),
                agent.started ? left(step, config.get().law().workingSet().promoteAfter(), nowNanos) : -1,
                Math.max(0, step.deadlineNanos - nowNanos),
                Double.NaN,
                agent.ended,
                agent.history.cost(nowNanos));
    }

    /** What stands first in its way, without a look at the queue's order. */
    Obstacle first(Step step) {
        List<Obstacle> found = obstacles(step);
        return found.isEmpty() ? new Obstacle(Obstacle.Kind.NOT_ITS_TURN, queue.size() - 1.0) : found.get(0);
    }

    private List<Obstacle> obstacles(Step step, int position) {
        List<Obstacle> found = new ArrayList<>();
        if (position > 1) {
            found.add(new Obstacle(Obstacle.Kind.NOT_ITS_TURN, position - 1.0));
        }
        found.addAll(obstacles(step));
        return found;
    }

    private List<Obstacle> obstacles(Step step) {
        List<Obstacle> found = new ArrayList<>();
        if (step.isNewcomer() && queue.startedSize() > 0) {
            found.add(new Obstacle(Obstacle.Kind.STARTED_FIRST, queue.startedSize()));
        }
        if (step.isNewcomer() && !room.isDoorOpen(step)) {
            found.add(new Obstacle(Obstacle.Kind.DOOR_SHUT, 0));
        }
        Obstacle lacking = room.obstacle(step);
        if (lacking != null) {
            found.add(lacking);
        }
        double uncached = step.expectedUncachedTokens();
        if (!prefill.allows(uncached)) {
            found.add(new Obstacle(Obstacle.Kind.PREFILL_BOUND, uncached));
        }
        return found;
    }

    private static long left(Step step, Duration bound, long nowNanos) {
        return Math.max(0, bound.toNanos() - step.waitedNanos(nowNanos));
    }
}
