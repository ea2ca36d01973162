package dev.sluice.admission;

import dev.sluice.control.WorkingSetLaw;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Room by working set: a step goes when {@code running + resident + its footprint ≤ budget}. If it does not fit, idle agents
 * whose {@link HoldValue} is below the price of the room give way, the lowest first. Confined to the gate loop.
 */
final class WorkingSetRoom implements Room {

    static final String LOW_VALUE = "low_hold_value";
    static final String GAVE_WAY = "gave_way";

    private record Candidate(Agent agent, double value) {}

    private final WorkingSetLaw law;
    private final Occupancy occupancy;
    private final HoldValue holdValue;
    private final Footprints footprints;
    private final Door door;

    WorkingSetRoom(WorkingSetLaw law, Occupancy occupancy, Learning learned, AgentTable agents) {
        this.law = law;
        this.occupancy = occupancy;
        this.holdValue = new HoldValue(law, learned);
        this.footprints = learned.footprints;
        this.door = new Door(law, learned, agents);
    }

    @Override
    public boolean makeRoom(Step step, long nowNanos) {
        double excess = excess(step);
        if (excess <= 0) {
            return true;
        }
        List<Candidate> yielding = byValue(nowNanos);
        double urgency = urgency(step, nowNanos);
        yielding.removeIf(candidate -> holdValue.isWorthItsRoom(candidate.value / urgency));
        double room = yielding.stream().mapToDouble(c -> c.agent.heldTokens).sum();
        List<Agent> behind = room < excess ? occupancy.waitingBehind(step) : List.of();
        if (room + behind.stream().mapToDouble(agent -> agent.heldTokens).sum() < excess) {
            return false;
        }
        parkUntilItFits(yielding, step, LOW_VALUE, nowNanos);
        for (Agent waiting : behind) {
            if (excess(step) > 0) {
                occupancy.park(waiting, GAVE_WAY, nowNanos);
            }
        }
        return true;
    }

    /** The price that a step is ready to pay for room: it rises with its wait, and without end where it is promoted. */
    private double urgency(Step step, long nowNanos) {
        double promoteNanos = law.config().promoteAfter().toNanos();
        return promoteNanos / Math.max(1, promoteNanos - step.waitedNanos(nowNanos));
    }

    @Override
    public void clear(Step step, long nowNanos) {
        parkUntilItFits(byValue(nowNanos), step, GAVE_WAY, nowNanos);
        for (Agent waiting : List.copyOf(occupancy.residents())) {
            if (excess(step) > 0 && waiting != step.agent) {
                occupancy.park(waiting, GAVE_WAY, nowNanos);
            }
        }
    }

    private void parkUntilItFits(List<Candidate> candidates, Step step, String why, long nowNanos) {
        for (Candidate candidate : candidates) {
            if (excess(step) <= 0) {
                return;
            }
            occupancy.park(candidate.agent, why, nowNanos);
        }
    }

    /** Tokens by which the budget would be exceeded if the step went now. */
    private double excess(Step step) {
        double others = occupancy.tokens() - step.agent.heldTokens;
        return others + step.footprintTokens + footprints.commonTokens() - law.budgetTokens();
    }

    private List<Candidate> byValue(long nowNanos) {
        List<Candidate> candidates = new ArrayList<>();
        for (Agent idle : occupancy.silentResidents()) {
            candidates.add(new Candidate(idle, holdValue.of(idle, nowNanos)));
        }
        candidates.sort(Comparator.comparingDouble(Candidate::value));
        return candidates;
    }

    @Override
    public boolean isDoorOpen(Step newcomer, long nowNanos) {
        return door.isOpenFor(newcomer, nowNanos);
    }

    @Override
    public void onEntered(Step newcomer) {
        door.onEntered(newcomer);
    }

    @Override
    public boolean keepsPlace(Agent agent) {
        return true;
    }
}
