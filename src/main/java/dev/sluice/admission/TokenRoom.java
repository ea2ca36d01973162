package dev.sluice.admission;

import dev.sluice.control.Law;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Room counted in tokens, under a limit set by hand: idle agents keep their prefix for a lease. Confined to the gate loop. */
final class TokenRoom implements Room {

    private final Law law;
    private final Occupancy occupancy;

    TokenRoom(Law law, Occupancy occupancy) {
        this.law = law;
        this.occupancy = occupancy;
    }

    @Override
    public boolean makeRoom(Step step, long nowNanos) {
        double excess = excess(step);
        double yielding = 0;
        for (Agent idle : occupancy.residents()) {
            if (mayGo(idle, nowNanos)) {
                yielding += idle.heldTokens;
            }
        }
        if (excess > yielding) {
            return false;
        }
        for (Agent idle : List.copyOf(occupancy.silentResidents())) {
            if (excess(step) > 0 && mayGo(idle, nowNanos)) {
                occupancy.park(idle, Lease.OVER, nowNanos);
            }
        }
        return true;
    }

    private double excess(Step step) {
        return occupancy.tokens() - step.agent.heldTokens + step.footprintTokens - law.budgetTokens();
    }

    private static boolean mayGo(Agent idle, long nowNanos) {
        return idle.isSilent() && Lease.isOver(idle, nowNanos);
    }

    @Override
    public void clear(Step step, long nowNanos) {
        for (Agent idle : List.copyOf(occupancy.silentResidents())) {
            if (excess(step) > 0) {
                occupancy.park(idle, "gave_way", nowNanos);
            }
        }
    }

    @Override
    public boolean isDoorOpen(Step newcomer) {
        return true;
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
}
