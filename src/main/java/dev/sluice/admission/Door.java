package dev.sluice.admission;

import dev.sluice.control.WorkingSetLaw;
import java.time.Duration;

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
 * unless it has been silent for long ({@link SlowStart}). So does one whose children hold room and begin with its prefix.
 *
 * <p>For a child of one that has started, parents that wait do not count: they will not go on before their children are
 * done, so the two take turns. To keep children out for the demand of those who wait for them would be a deadlock that
 * only the engine's idleness ends.
 *
 * <p>Others leave room for the children to come of those inside ({@link ChildrenToCome}).
 *
 * <p>Before the engine has said anything of its pool, newcomers come in as TCP's slow start sends (RFC 5681): a few, and one more for each
 * step that came back. What a crowd is let in on cannot be taken back, and the first reading mostly comes within milliseconds.
 *
 * <p>Or while the engine has time for all, or idles, whoever is inside ({@link EngineTime}).
 *
 * <p>A newcomer that needs more than half of the door's budget counts as half: it could never enter otherwise. Confined to
 * the gate loop.
 */
final class Door {

    private static final double LARGEST_SHARE = 0.5;

    /** So many come in before the engine has said anything, and one more for each step that came back. */
    private static final int FIRST_AGENTS = 8;

    /** So long at most. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final WorkingSetLaw law;
    private final Pauses pauses;
    private final Footprints footprints;
    private final Lifetimes lifetimes;
    private final AgentTable agents;
    private final SlowStart slowStart;
    private final Cycles cycles;
    private final EngineTime time;
    private final ChildrenToCome children = new ChildrenToCome();

    /** Of those inside. */
    private final Demand demand;

    private double insideAgents;
    private long sinceNanos = Long.MIN_VALUE;
    private boolean isPatient = true;

    /** Of those of them that came as questions and have gone on. */
    private double formerQuestionsTokens;

    Door(WorkingSetLaw law, Learning learned, AgentTable agents) {
        this.law = law;
        this.pauses = learned.pauses;
        this.footprints = learned.footprints;
        this.lifetimes = learned.lifetimes;
        this.agents = agents;
        this.slowStart = new SlowStart(learned.pauses);
        this.cycles = new Cycles(law, learned, slowStart);
        this.time = new EngineTime(law, learned);
        this.demand = new Demand(learned.lifetimes, law.config().growthSteps());
    }

    boolean isOpenFor(Step newcomer) {
        return hasRoomFor(newcomer) || hasTimeFor(newcomer);
    }

    boolean hasTimeFor(Step newcomer) {
        return time.hasTimeFor(newcomer);
    }

    boolean hasRoomFor(Step newcomer) {
        if (isPatient && law.awaitsPool()) {
            return insideAgents + 1 <= FIRST_AGENTS + lifetimes.returns();
        }
        double limit = law.doorTokens();
        boolean isChild = newcomer.agent.isChildOfStarted();
        double growth = footprints.growthToCome(newcomer.agent, newcomer.promptTokens);
        double before = demand.peak(isChild, 0, 0);
        double own = demand.peak(isChild, newcomer.footprintTokens, growth) - before;
        if (!isChild) {
            before += children.ofAll();
            own += children.ofOne();
        }
        return before + Math.min(own, LARGEST_SHARE * limit) <= limit;
    }

    /** Whether a newcomer may go in beyond the budget, lest it be lost; see {@link EngineTime}. */
    boolean canBear(Step newcomer) {
        return time.hasRoundFor(newcomer);
    }

    /** Whether the newcomer costs the engine no more than the time for which it has idled away. */
    boolean isPaidFor(Step newcomer, double idleSeconds) {
        return time.isPaid(newcomer, idleSeconds);
    }

    /** A newcomer has gone in: counted at once, so that a crowd does not pass on one old sum. */
    void onEntered(Step newcomer) {
        insideAgents++;
        double growth = footprints.growthToCome(newcomer.agent, newcomer.promptTokens);
        demand.add(1, 0, newcomer.footprintTokens, growth, false);
        children.add(newcomer.agent, 1, newcomer.footprintTokens);
        time.enter(newcomer);
    }

    /** What those need that came as questions and have gone on, as of the last look. */
    double neededByFormerQuestions() {
        return formerQuestionsTokens;
    }

    /** Sums up the demand, and counts silences towards {@link Lifetimes} as it does there; to be called several times a second. */
    void refresh(long nowNanos) {
        sinceNanos = sinceNanos == Long.MIN_VALUE ? nowNanos : sinceNanos;
        isPatient = nowNanos - sinceNanos < PATIENCE_NANOS;
        formerQuestionsTokens = 0;
        insideAgents = 0;
        demand.clear(footprints.commonTokens(), law.config().growthSteps());
        children.clear();
        time.clear();
        for (Agent agent : agents.all()) {
            if (agent.started || agent.state == AgentState.RUNNING) {
                double trust = slowStart.trust(agent, nowNanos);
                double alive = 1;
                if (mayHaveEnded(agent)) {
                    slowStart.count(agent, nowNanos);
                    double gone = trust * pauses.goneChance(agent, nowNanos);
                    lifetimes.countSilent(agent.steps, gone);
                    alive = 1 - gone;
                }
                insideAgents += alive;
                add(agent, alive, trust, nowNanos);
            }
        }
        children.settle(nowNanos);
        time.settle(nowNanos);
        slowStart.settle(insideAgents, time.roundSeconds());
    }

    private void add(Agent agent, double alive, double trust, long nowNanos) {
        double context = Math.max(agent.heldTokens, (double) agent.contextTokens - agent.sharedTokens);
        double growth = footprints.growthToCome(agent, context);
        double sizeToCome = context + law.config().growthSteps() * growth;
        double share = agent.holdingChildren > 0 ? 1 : cycles.share(agent, sizeToCome, trust, nowNanos);
        double weight = alive * share;
        demand.add(weight, agent.steps, context, growth, agent.isWaitingParent());
        children.add(agent, alive, weight * context);
        if (agent.cameAsQuestion && agent.hasGoneOn()) {
            formerQuestionsTokens += weight * context;
        }
        time.add(agent, alive, context, cycles.perSecond(agent, nowNanos));
    }

    private static boolean mayHaveEnded(Agent agent) {
        return agent.isSilent() && agent.steps > 0 && !agent.anonymous;
    }
}
