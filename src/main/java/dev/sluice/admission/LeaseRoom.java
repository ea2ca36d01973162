package dev.sluice.admission;

import dev.sluice.control.Law;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Room under a law that does not weigh pauses: a window of agents that run or are resident, a bound on the tokens that these
 * hold, both or neither, as the law says at the moment. An idle agent keeps its place and its prefix; when the window has shrunk
 * below those inside, the next one to return loses them. Nobody tells a sidecar that an agent has ended, so an agent idle for
 * longer than the lease gives way to one that waits. Confined to the gate loop.
 */
final class LeaseRoom implements Room {

    private final Law law;
    private final Occupancy occupancy;

    LeaseRoom(Law law, Occupancy occupancy) {
        this.law = law;
        this.occupancy = occupancy;
    }

    @Override
    public boolean makeRoom(Step step, long nowNanos) {
        List<Agent> yielding = new ArrayList<>();
        boolean fits = isRoomWithout(step, idle -> Lease.isOver(idle, nowNanos), yielding);
        if (fits) {
            yielding.forEach(idle -> occupancy.park(idle, Lease.OVER, nowNanos));
        }
        return fits;
    }

    @Override
    public void clear(Step step, long nowNanos) {
        List<Agent> yielding = new ArrayList<>();
        boolean unused = isRoomWithout(step, idle -> true, yielding);
        yielding.forEach(idle -> occupancy.park(idle, "gave_way", nowNanos));
    }

    /**
     * Whether the step has room without some of the idle agents.
     *
     * @param mayGo who may give way
     * @param yielding filled with those of them that it takes, or with all if they are not enough
     */
    private boolean isRoomWithout(Step step, Predicate<Agent> mayGo, List<Agent> yielding) {
        // Where the window has shrunk below those inside, one gives its place to another all the same.
        boolean lacksPlace = missingPlaces(step) > 0;
        double excess = excessTokens(step);
        if (!lacksPlace && excess <= 0) {
            return true;
        }
        for (Agent idle : occupancy.silentResidents()) {
            if (mayGo.test(idle)) {
                yielding.add(idle);
                lacksPlace = false;
                excess -= idle.heldTokens;
                if (excess <= 0) {
                    return true;
                }
            }
        }
        return false;
    }

    private int missingPlaces(Step step) {
        return step.agent.heldTokens > 0 ? 0 : occupancy.liveAgents() + 1 - law.windowAgents();
    }

    private double excessTokens(Step step) {
        return occupancy.tokens() - step.agent.heldTokens + step.footprintTokens - law.budgetTokens();
    }

    @Override
    public boolean isDoorOpen(Step newcomer) {
        return true;
    }

    @Override
    public boolean keepsPlace(Agent agent) {
        return occupancy.liveAgents() <= law.windowAgents();
    }

    @Override
    public @Nullable Obstacle obstacle(Step step) {
        int places = missingPlaces(step);
        if (places > 0) {
            return new Obstacle(Obstacle.Kind.NO_PLACE, places);
        }
        double excess = excessTokens(step);
        return excess > 0 ? new Obstacle(Obstacle.Kind.NO_ROOM, excess) : null;
    }
}
