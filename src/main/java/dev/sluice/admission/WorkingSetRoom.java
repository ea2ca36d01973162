package dev.sluice.admission;

import dev.sluice.control.WorkingSetLaw;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Room by working set: a step goes when {@code running + resident + its footprint ≤ budget}. If it does not fit, idle agents
 * whose {@link HoldValue} is below the price of the room give way, the lowest first. Confined to the gate loop.
 */
final class WorkingSetRoom implements Room {

    static final String LOW_VALUE = "low_hold_value";
    static final String GAVE_WAY = "gave_way";

    private final WorkingSetLaw law;
    private final Occupancy occupancy;
    private final Footprints footprints;
    private final Door door;

    WorkingSetRoom(WorkingSetLaw law, Occupancy occupancy, Learning learned, AgentTable agents) {
        this.law = law;
        this.occupancy = occupancy;
        this.footprints = learned.footprints;
        this.door = new Door(law, learned, agents);
    }

    @Override
    public boolean makeRoom(Step step, long nowNanos) {
        double missing = excess(step);
        if (missing <= 0) {
            return true;
        }
        double price = law.priceOfRoom() * urgency(step, nowNanos);
        List<Agent> yielding = new ArrayList<>();
        for (Agent idle : occupancy.silentResidents()) {
            if (missing <= 0 || idle.worth >= price) {
                break;
            }
            yielding.add(idle);
            missing -= idle.heldTokens;
        }
        List<Agent> behind = new ArrayList<>();
        for (Step waiting : occupancy.waitingBehind(step)) {
            if (missing <= 0) {
                break;
            }
            behind.add(waiting.agent);
            missing -= waiting.agent.heldTokens;
        }
        if (missing > 0) {
            return false;
        }
        yielding.forEach(agent -> occupancy.park(agent, LOW_VALUE, nowNanos));
        behind.forEach(agent -> occupancy.park(agent, GAVE_WAY, nowNanos));
        return true;
    }

    /** The price that a step is ready to pay for room: it rises with its wait, and without end where it is promoted. */
    private double urgency(Step step, long nowNanos) {
        double promoteNanos = law.config().promoteAfter().toNanos();
        return promoteNanos / Math.max(1, promoteNanos - step.waitedNanos(nowNanos));
    }

    @Override
    public void clear(Step step, long nowNanos) {
        parkUntilItFits(occupancy.silentResidents(), step, nowNanos);
        parkUntilItFits(occupancy.residents(), step, nowNanos);
    }

    private void parkUntilItFits(Collection<Agent> idle, Step step, long nowNanos) {
        double missing = excess(step);
        List<Agent> yielding = new ArrayList<>();
        for (Agent agent : idle) {
            if (missing <= 0) {
                break;
            }
            if (agent != step.agent) {
                yielding.add(agent);
                missing -= agent.heldTokens;
            }
        }
        yielding.forEach(agent -> occupancy.park(agent, GAVE_WAY, nowNanos));
    }

    /** Tokens by which the budget would be exceeded if the step went now. */
    private double excess(Step step) {
        double others = occupancy.tokens() - step.agent.heldTokens;
        return others + step.footprintTokens + footprints.commonTokens() - law.budgetTokens();
    }

    @Override
    public boolean isDoorOpen(Step newcomer) {
        return door.isOpenFor(newcomer);
    }

    @Override
    public boolean canBear(Step newcomer) {
        return door.canBear(newcomer);
    }

    @Override
    public boolean isIdleFor(Step newcomer, long nowNanos) {
        return door.isPaidFor(newcomer, occupancy.idleNanos(nowNanos) / 1e9);
    }

    @Override
    public double neededByFormerQuestions() {
        return door.neededByFormerQuestions();
    }

    @Override
    public void refresh(long nowNanos) {
        door.refresh(nowNanos);
    }

    @Override
    public void onEntered(Step newcomer) {
        door.onEntered(newcomer);
    }

    @Override
    public boolean keepsPlace(Agent agent) {
        return true;
    }

    @Override
    public @Nullable Obstacle obstacle(Step step) {
        double excess = excess(step);
        return excess > 0 ? new Obstacle(Obstacle.Kind.NO_ROOM, excess) : null;
    }

    @Override
    public double holdRatio(Agent idle, long nowNanos) {
        return idle.worth / law.priceOfRoom();
    }
}
