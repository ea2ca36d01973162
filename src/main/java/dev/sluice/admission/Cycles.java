package dev.sluice.admission;

import dev.sluice.control.RecomputeCost;
import dev.sluice.control.WorkingSetLaw;

/**
 * The cycles of agents, of time in the engine and a pause: the share in which an agent needs its room, and how many of them there are
 * in a second; both with a slow start ({@link SlowStart}). What tools took tells nothing of the pause after an agent's work: that is as
 * long as others of its kind were. Confined to the gate loop.
 */
final class Cycles {

    private static final double PRIOR_ENGINE_SECONDS = 5;

    /** Of a cycle, so that no sum or mean of rates becomes infinite. */
    private static final double SHORTEST_SECONDS = 1e-3;

    /** The price of room, κ, of an engine under load. */
    private static final double PRICE = 1;

    private final WorkingSetLaw law;
    private final RecomputeCost cost;
    private final Pauses pauses;
    private final SlowStart slowStart;

    Cycles(WorkingSetLaw law, Learning learned, SlowStart slowStart) {
        this.law = law;
        this.cost = learned.cost;
        this.pauses = learned.pauses;
        this.slowStart = slowStart;
    }

    /**
     * The share, 0..1, of its cycle for which the agent needs room: all of its time in the engine, and that part of its pause for
     * which its prefix is worth it.
     *
     * @param sizeToCome tokens of its context then
     * @param trust in what is known of its pause, {@link SlowStart#trust}
     */
    double share(Agent agent, double sizeToCome, double trust, long nowNanos) {
        if (agent.anonymous || agent.steps == 0) {
            return 1;
        }
        PauseModel model = pauses.of(agent);
        double price = PRICE / law.budgetTokens();
        double engine = engineSeconds(agent);
        double pause = pauseSeconds(agent, model.meanSeconds(), nowNanos);
        double held = Math.min(pause, model.heldSeconds(price / cost.secondsPerToken(sizeToCome)));
        double seen = (engine + held) / (engine + pause);
        return 1 - trust * (1 - seen);
    }

    /** Expected cycles in a second. Of pauses only that length counts which was seen, and in part while few were. */
    double perSecond(Agent agent, long nowNanos) {
        PauseModel model = pauses.of(agent);
        boolean isAfterWork = isAfterWork(agent);
        double trust = isAfterWork ? 1 : slowStart.trustInLength(model);
        double usual = isAfterWork ? model.meanSeconds() : model.meanSecondsSeen();
        double seconds = Math.max(0, agent.engineSeconds) + trust * pauseSeconds(agent, usual, nowNanos);
        return 1 / Math.max(SHORTEST_SECONDS, seconds);
    }

    /** The agent's mean time in the engine, or what to expect before any step of it has ended. */
    static double engineSeconds(Agent agent) {
        return agent.engineSeconds >= 0 ? agent.engineSeconds : PRIOR_ENGINE_SECONDS;
    }

    /** Whether the agent has likely done its work. */
    static boolean isAfterWork(Agent agent) {
        return agent.isSilent() && PauseKind.of(agent).isLikelyEnd();
    }

    /** The agent's mean pause so far, after its work what is usual, or the silence under way where that is longer. */
    private static double pauseSeconds(Agent agent, double usualSeconds, long nowNanos) {
        boolean isOwn = agent.pauseSeconds >= 0 && !isAfterWork(agent);
        double mean = isOwn ? agent.pauseSeconds : usualSeconds;
        return agent.isSilent() ? Math.max(mean, agent.silentSeconds(nowNanos)) : mean;
    }
}
