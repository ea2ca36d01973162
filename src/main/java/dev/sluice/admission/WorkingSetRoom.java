package dev.sluice.admission;

import dev.sluice.control.RecomputeCost;
import dev.sluice.control.WorkingSetLaw;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Room by working set: a step goes when {@code running + resident + its footprint ≤ budget}. If it does not fit, idle agents
 * whose {@link HoldValue} is below the price of the room give way, the lowest first.
 *
 * <p>What the budget leaves free is a reserve for what nobody foresees. A step that takes of it may drive out as many tokens of others,
 * so it may where these cost less to compute again than the room is worth for as long as its agent's steps take: {@code c ≤ s̄ · κ / pool}.
 *
 * <p>A child's prompts begin with its parent's prefix, which is counted with the parent. Where that one was parked, its prefix needs
 * room with the child's next step, and is counted as kept from then on. Confined to the gate loop.
 */
final class WorkingSetRoom implements Room {

    static final String LOW_VALUE = "low_hold_value";
    static final String GAVE_WAY = "gave_way";

    private final WorkingSetLaw law;
    private final Occupancy occupancy;
    private final Footprints footprints;
    private final RecomputeCost cost;
    private final AgentTable agents;
    private final Door door;

    WorkingSetRoom(WorkingSetLaw law, Occupancy occupancy, Learning learned, AgentTable agents) {
        this.law = law;
        this.occupancy = occupancy;
        this.footprints = learned.footprints;
        this.cost = learned.cost;
        this.agents = agents;
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
            if (isAbove(idle, step.agent)) {
                continue;
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
            if (agent != step.agent && !isAbove(agent, step.agent)) {
                yielding.add(agent);
                missing -= agent.heldTokens;
            }
        }
        yielding.forEach(agent -> occupancy.park(agent, GAVE_WAY, nowNanos));
    }

    /** Tokens that would be too many if the step went now. */
    private double excess(Step step) {
        double others = occupancy.tokens() - step.agent.heldTokens;
        double limit = mayTakeReserve(step) ? law.limitTokens() : law.budgetTokens();
        return others + uncountedAbove(step) + step.footprintTokens + footprints.commonTokens() - limit;
    }

    private boolean mayTakeReserve(Step step) {
        double worth = Cycles.engineSeconds(step.agent) * law.priceOfRoom();
        return cost.secondsPerToken(step.footprintTokens) <= worth;
    }

    /** What the step begins with of parked agents. */
    private double uncountedAbove(Step step) {
        double tokens = 0;
        for (Agent above = parkedParent(step.agent); above != null; above = parkedParent(above)) {
            tokens += footprints.residentTokens(above);
        }
        return tokens;
    }

    @Override
    public void onGone(Step step, long nowNanos) {
        for (Agent above = parkedParent(step.agent); above != null; above = parkedParent(above)) {
            occupancy.keep(above, footprints.residentTokens(above), nowNanos);
        }
    }

    /** The parent that an agent begins with, if nothing is counted for it; null otherwise. */
    private @Nullable Agent parkedParent(Agent agent) {
        Agent parent = agent.parent;
        boolean isUncounted = parent != null
                && agent.beginsWithParent
                && parent.isSilent()
                && parent.heldTokens == 0
                && parent.contextTokens > 0
                && agents.remembers(parent);
        return isUncounted ? parent : null;
    }

    /** Whether an agent begins with what that other has said. */
    private static boolean isAbove(Agent other, Agent agent) {
        Agent child = agent;
        while (child.parent != null && child.beginsWithParent) {
            child = child.parent;
            if (child == other) {
                return true;
            }
        }
        return false;
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
