package dev.sluice.admission;

import dev.sluice.control.WorkingSetLaw;
import java.time.Duration;

/**
 * Where newcomers wait until the demand of the agents that have started leaves room.
 *
 * <p>Agents come in while their contexts are small and outgrow the pool together, and at any moment many of the started
 * ones are away; so the door looks at demand, not at what is resident now. A newcomer enters while
 *
 * <pre>Σ started alive · φ · (context − shared + growth ahead) + its footprint ≤ ψ · θ · pool</pre>
 *
 * where φ is the share of its cycle in which an agent needs room: 1 while it runs, waits, or idles with a prefix that is
 * worth its room ({@link HoldValue}); else s̄ / (s̄ + max(Z̄, its silence)) with s̄, Z̄ its mean times in the engine and
 * between steps; alive = 1 − the chance that it will
 * not return, and growth ahead that of a configured number of steps, fewer where agents end early.
 *
 * <p>A newcomer larger than half of the door's budget counts as half: it could never enter otherwise. Confined to the gate
 * loop.
 */
final class Door {

    private static final long DEMAND_AGE_NANOS = Duration.ofMillis(500).toNanos();
    private static final double PRIOR_ENGINE_SECONDS = 5;
    private static final double PRIOR_PAUSE_SECONDS = 5;
    private static final double LARGEST_SHARE = 0.5;

    private final WorkingSetLaw law;
    private final HoldValue holdValue;
    private final Pauses pauses;
    private final Footprints footprints;
    private final AgentTable agents;

    private double demandTokens;
    private double enteredTokens;
    private long demandAtNanos;
    private boolean known;

    Door(WorkingSetLaw law, Learning learned, AgentTable agents) {
        this.law = law;
        this.holdValue = new HoldValue(law, learned);
        this.pauses = learned.pauses;
        this.footprints = learned.footprints;
        this.agents = agents;
    }

    boolean isOpenFor(Step newcomer, long nowNanos) {
        if (!known || nowNanos - demandAtNanos >= DEMAND_AGE_NANOS) {
            demandTokens = demand(nowNanos);
            enteredTokens = 0;
            demandAtNanos = nowNanos;
            known = true;
        }
        double limit = law.doorTokens();
        double need = Math.min(newcomer.footprintTokens + growthAhead(newcomer.agent), LARGEST_SHARE * limit);
        return demandTokens + enteredTokens + need <= limit;
    }

    /** A newcomer has gone in: counted at once, so that a crowd does not pass on one old sum. */
    void onEntered(Step newcomer) {
        enteredTokens += newcomer.footprintTokens + growthAhead(newcomer.agent);
    }

    private double demand(long nowNanos) {
        double tokens = footprints.commonTokens();
        for (Agent agent : agents.all()) {
            if (agent.started || agent.state == AgentState.RUNNING) {
                tokens += weight(agent, nowNanos) * (contextTokens(agent) + growthAhead(agent));
            }
        }
        return tokens;
    }

    private static double contextTokens(Agent agent) {
        return Math.max(agent.heldTokens, (double) agent.contextTokens - agent.sharedTokens);
    }

    private double growthAhead(Agent agent) {
        if (agent.anonymous) {
            return 0;
        }
        return footprints.expectedSteps(law.config().growthSteps()) * footprints.growthTokens(agent);
    }

    private double weight(Agent agent, long nowNanos) {
        if (!agent.isSilent()) {
            return 1;
        }
        double silence = agent.silentSeconds(nowNanos);
        double alive = 1 - pauses.of(agent).goneChance(silence);
        if (agent.heldTokens > 0 && holdValue.isWorthItsRoom(holdValue.of(agent, nowNanos))) {
            return alive;
        }
        double engine = agent.engineSeconds >= 0 ? agent.engineSeconds : PRIOR_ENGINE_SECONDS;
        double pause = agent.pauseSeconds >= 0 ? agent.pauseSeconds : PRIOR_PAUSE_SECONDS;
        return alive * engine / (engine + Math.max(pause, silence));
    }
}
