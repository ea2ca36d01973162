package dev.sluice.admission;

import dev.sluice.control.RecomputeCost;
import dev.sluice.control.WorkingSetLaw;

/**
 * Where newcomers wait until the demand of the agents that have started leaves room.
 *
 * <p>Agents come in while their contexts are small and outgrow the pool together, and at any moment many of the started
 * ones are away; so the door looks at demand, and at its peak to come ({@link Demand}), not at what is resident now. A
 * newcomer enters while
 *
 * <pre>max over τ ≤ k of Σ alive · φ · S(τ) · (context + τ · growth) ≤ ψ · θ · pool</pre>
 *
 * where the newcomer is counted in, S(τ) is the chance that an agent takes τ more steps, k a configured number of steps, alive
 * = 1 − the chance that it will not return, and φ the share of its cycle in which an agent needs room:
 *
 * <pre>φ = (s̄ + H) / (s̄ + Z̄)</pre>
 *
 * with s̄, Z̄ its mean times in the engine and between steps and H the part of a pause for which its prefix, at the size to come,
 * will be worth its room ({@link HoldValue}) at a price of 1, whatever it is now: an engine that idles today, since
 * contexts are small, will not when they have grown; and since many pauses are worth about the same, φ would leap with the price, and
 * a crowd come in.
 *
 * <p>Slow start: as far as few pauses were seen, an agent is expected to return soon and to need room in all of its cycle (φ = 1),
 * unless it has been silent for long ({@link SlowStart}).
 *
 * <p>For a child of one that has started, parents that wait do not count: they will not go on before their children are
 * done, so the two take turns. To keep children out for the demand of those who wait for them would be a deadlock that
 * only the engine's idleness ends.
 *
 * <p>Or while there is time for all: where prompts are cheap (a fast engine, short contexts, long pauses), keeping agents
 * out costs more than it saves. With R the most engine seconds that an agent's whole context to come can take, a newcomer enters, too, while
 *
 * <pre>Σ alive · R / (s̄ + Z̄) ≤ 0.9</pre>
 *
 * <p>that is, while the engine could serve everybody even if nothing of anybody were ever found cached. Slow start here: Z̄
 * counts in full only once pauses were seen.
 *
 * <p>Or while the engine idles, whoever is inside: once nothing has run for twice as long as the newcomer's prompt takes, it and
 * as much again of what it drives out of the cache cost no more than what was lost already. So a wrong estimate of those
 * inside (parents that wait for children not known as theirs) costs a share of the engine's time, and not all of it; the
 * argument is that of renting skis until they could have been bought (Karlin, Manasse, Rudolph and Sleator 1988).
 *
 * <p>A newcomer that needs more than half of the door's budget counts as half: it could never enter otherwise. Confined to
 * the gate loop.
 */
final class Door {

    private static final double PRIOR_ENGINE_SECONDS = 5;

    /** Its own prompt's, and as much for those that it drives out. */
    private static final double IDLE_PROMPTS = 2;

    /** The price of room, κ, of an engine under load. */
    private static final double PRICE = 1;

    private static final double LARGEST_SHARE = 0.5;

    /** Of the engine's time, what serving everybody in turn, with nothing cached, may take at most. */
    private static final double LARGEST_ROUND = 0.5;

    /** Of the engine's time, what everybody's prompts may take if nothing is ever found cached. */
    private static final double LARGEST_LOAD = 0.9;

    private final WorkingSetLaw law;
    private final RecomputeCost cost;
    private final Pauses pauses;
    private final SlowStart slowStart;
    private final Footprints footprints;
    private final AgentTable agents;

    /** Of those inside. */
    private final Demand demand;

    private double roundSeconds;
    private double load;
    private double meanCycleSeconds;

    Door(WorkingSetLaw law, Learning learned, AgentTable agents) {
        this.law = law;
        this.cost = learned.cost;
        this.pauses = learned.pauses;
        this.slowStart = new SlowStart(learned.pauses);
        this.footprints = learned.footprints;
        this.agents = agents;
        this.demand = new Demand(learned.lifetimes, law.config().growthSteps());
    }

    boolean isOpenFor(Step newcomer) {
        return hasRoomFor(newcomer) || hasTimeFor(newcomer);
    }

    boolean hasTimeFor(Step newcomer) {
        return load + load(newcomer) <= LARGEST_LOAD;
    }

    boolean hasRoomFor(Step newcomer) {
        double limit = law.doorTokens();
        boolean isChild = newcomer.agent.isChildOfStarted();
        double growth = growth(newcomer.agent, newcomer.promptTokens);
        double others = demand.peak(isChild, 0, 0);
        double all = demand.peak(isChild, newcomer.footprintTokens, growth);
        return others + Math.min(all - others, LARGEST_SHARE * limit) <= limit;
    }

    /**
     * Whether a newcomer may go in beyond the budget: as long as a round, one step of everybody inside with nothing cached, takes
     * the engine no more than half of the time after which a started step goes whatever the cost.
     */
    boolean canBear(Step newcomer) {
        double bound = LARGEST_ROUND * law.config().promoteAfter().toNanos() / 1e9;
        return roundSeconds + secondsAlone(newcomer.promptTokens) <= bound;
    }

    /** Whether the newcomer costs the engine no more than the time for which it has idled away. */
    boolean isPaidFor(Step newcomer, double idleSeconds) {
        return idleSeconds >= IDLE_PROMPTS * secondsAlone(newcomer.promptTokens);
    }

    /** A newcomer is expected to take as long for a cycle as those inside do. */
    private double load(Step newcomer) {
        return secondsToCome(newcomer.agent, newcomer.promptTokens) / meanCycleSeconds;
    }

    /** What computing a context of that size takes at most, alone, after the configured number of steps. */
    private double secondsToCome(Agent agent, double sizeTokens) {
        return cost.secondsAtMost(sizeToCome(agent, sizeTokens));
    }

    private double secondsAlone(double promptTokens) {
        return cost.seconds(promptTokens, promptTokens);
    }

    /** A newcomer has gone in: counted at once, so that a crowd does not pass on one old sum. */
    void onEntered(Step newcomer) {
        demand.add(1, 0, newcomer.footprintTokens, growth(newcomer.agent, newcomer.promptTokens), false);
        roundSeconds += secondsAlone(newcomer.promptTokens);
        load += load(newcomer);
    }

    /** Sums up the demand; to be called several times a second. */
    void refresh(long nowNanos) {
        demand.clear(footprints.commonTokens(), law.config().growthSteps());
        double insideAgents = 0;
        roundSeconds = 0;
        load = 0;
        double beginnersSeconds = 0;
        double aliveAgents = 0;
        double cyclesOfAlive = 0;
        for (Agent agent : agents.all()) {
            if (agent.started || agent.state == AgentState.RUNNING) {
                double alive = aliveChance(agent, nowNanos);
                if (mayHaveEnded(agent)) {
                    slowStart.count(agent, nowNanos);
                }
                insideAgents += alive;
                double context = contextTokens(agent);
                roundSeconds += alive * secondsAlone(context);
                double seconds = alive * secondsToCome(agent, context);
                if (agent.steps == 0) {
                    beginnersSeconds += seconds;
                } else {
                    double cycle = cycleSeconds(agent, nowNanos);
                    load += seconds / cycle;
                    aliveAgents += alive;
                    cyclesOfAlive += alive * cycle;
                }
                double weight = alive * cycleShare(agent, nowNanos);
                demand.add(weight, agent.steps, context, growth(agent, context), agent.isWaitingParent());
            }
        }
        slowStart.settle(insideAgents, roundSeconds);
        meanCycleSeconds = aliveAgents > 0 ? cyclesOfAlive / aliveAgents : 0;
        load += beginnersSeconds > 0 ? beginnersSeconds / meanCycleSeconds : 0;
    }

    /** Tokens of a context of that size after the configured number of steps. */
    private double sizeToCome(Agent agent, double sizeTokens) {
        return sizeTokens + law.config().growthSteps() * growth(agent, sizeTokens);
    }

    private double growth(Agent agent, double sizeTokens) {
        return agent.anonymous ? 0 : footprints.growthTokens(agent, sizeTokens);
    }

    private static double contextTokens(Agent agent) {
        return Math.max(agent.heldTokens, (double) agent.contextTokens - agent.sharedTokens);
    }

    private double aliveChance(Agent agent, long nowNanos) {
        return mayHaveEnded(agent) ? 1 - slowStart.trust(agent, nowNanos) * pauses.goneChance(agent, nowNanos) : 1;
    }

    private static boolean mayHaveEnded(Agent agent) {
        return agent.isSilent() && agent.steps > 0 && !agent.anonymous;
    }

    /** The share of its cycle for which the agent needs room; with a slow start, see above. */
    private double cycleShare(Agent agent, long nowNanos) {
        if (agent.anonymous || agent.steps == 0) {
            return 1;
        }
        return 1 - slowStart.trust(agent, nowNanos) * (1 - seenShare(agent, nowNanos));
    }

    private double seenShare(Agent agent, long nowNanos) {
        PauseModel model = pauses.of(agent);
        double price = PRICE / law.budgetTokens();
        double sizeToCome = sizeToCome(agent, contextTokens(agent));
        double engine = agent.engineSeconds >= 0 ? agent.engineSeconds : PRIOR_ENGINE_SECONDS;
        double pause = pauseSeconds(agent, model, nowNanos);
        double held = Math.min(pause, model.heldSeconds(price / cost.secondsPerToken(sizeToCome)));
        return (engine + held) / (engine + pause);
    }

    /** With a slow start, see above. */
    private double cycleSeconds(Agent agent, long nowNanos) {
        PauseModel model = pauses.of(agent);
        double trust = slowStart.trustInLength(model);
        return Math.max(0, agent.engineSeconds) + trust * pauseSeconds(agent, model, nowNanos);
    }

    /** The agent's mean pause so far, or the silence under way where that is longer. */
    private static double pauseSeconds(Agent agent, PauseModel model, long nowNanos) {
        double mean = agent.pauseSeconds >= 0 ? agent.pauseSeconds : model.meanSeconds();
        return agent.isSilent() ? Math.max(mean, agent.silentSeconds(nowNanos)) : mean;
    }
}
