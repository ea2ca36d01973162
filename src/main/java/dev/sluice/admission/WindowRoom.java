package dev.sluice.admission;

import dev.sluice.control.Law;
import org.jspecify.annotations.Nullable;

/**
 * Room counted in agents: a window of agents that run or are resident. An agent keeps its place between its steps; when the
 * window has shrunk below those inside, the next one to return loses it. Nobody tells a sidecar that an agent has ended,
 * so an agent idle for longer than the lease gives way to one that waits. Confined to the gate loop.
 */
final class WindowRoom implements Room {

    private final Law law;
    private final Occupancy occupancy;

    WindowRoom(Law law, Occupancy occupancy) {
        this.law = law;
        this.occupancy = occupancy;
    }

    @Override
    public boolean makeRoom(Step step, long nowNanos) {
        if (step.agent.heldTokens > 0 || occupancy.liveAgents() < law.windowAgents()) {
            return true;
        }
        for (Agent idle : occupancy.residents()) {
            if (idle.isSilent() && Lease.isOver(idle, nowNanos)) {
                occupancy.park(idle, Lease.OVER, nowNanos);
                return true;
            }
        }
        return false;
    }

    @Override
    public void clear(Step step, long nowNanos) {
        if (step.agent.heldTokens == 0) {
            occupancy.silentResidents().stream()
                    .findFirst()
                    .ifPresent(idle -> occupancy.park(idle, "gave_way", nowNanos));
        }
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
        int tooMany = occupancy.liveAgents() - law.windowAgents() + 1;
        return step.agent.heldTokens > 0 || tooMany <= 0 ? null : new Obstacle(Obstacle.Kind.NO_PLACE, tooMany);
    }
}
