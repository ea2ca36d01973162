package dev.sluice.admission;

import dev.sluice.control.RecomputeCost;
import dev.sluice.control.WorkingSetLaw;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What those inside take of the engine's time if nothing of theirs is ever found cached, and which newcomers it bears beside them:
 *
 * <ul>
 *   <li><em>Time for all.</em> Where prompts are cheap (a fast engine, short contexts, long pauses), keeping agents out costs more than
 *       it saves. With R(τ) the most engine seconds that an agent's whole context can take after τ more steps, and S(τ) the chance that
 *       it takes them, there is time for a newcomer while it and all inside load the engine by at most 0.9:
 *       <pre>Σ alive · cycles per second · max over τ ≤ k of S(τ) · R(τ) ≤ 0.9</pre>
 *       A newcomer is expected to have as many cycles in a second as those inside that have not done their work; rates are averaged and
 *       not lengths, since work in a second is what counts. One that is nobody's child leaves, and brings, time for children
 *       to come ({@link ChildrenToCome}).
 *   <li><em>A round</em>, one step of everybody, that takes the engine no more than half of the time after which a started step goes whatever
 *       the cost: a newcomer that would be lost otherwise may go in beyond the budget.
 *   <li><em>Idle time.</em> Once nothing has run for twice as long as the newcomer's prompt takes, it and as much again of what it drives
 *       out of the cache cost no more than what was lost already. So a wrong estimate of those inside (parents that wait for children not
 *       known as theirs) costs a share of the engine's time, and not all of it; the argument is that of renting skis until they could
 *       have been bought (Karlin, Manasse, Rudolph and Sleator 1988).
 * </ul>
 *
 * <p>Confined to the gate loop.
 */
final class EngineTime {

    /** Its own prompt's, and as much for those that it drives out. */
    private static final double IDLE_PROMPTS = 2;

    /** Of the engine's time, what serving everybody in turn, with nothing cached, may take at most. */
    private static final double LARGEST_ROUND = 0.55;

    /** Of the engine's time, what everybody's prompts may take if nothing is ever found cached. */
    private static final double LARGEST_LOAD = 0.9;

    private final WorkingSetLaw law;
    private final RecomputeCost cost;
    private final Footprints footprints;
    private final Lifetimes lifetimes;

    /** In load. */
    private final ChildrenToCome children = new ChildrenToCome();

    /** So many of those of {@link Demand} are in use. */
    private int looks;

    /** By steps taken: the chance to take so many more, for each of these looks; null where nobody has asked since the last one. */
    private final double[] @Nullable [] chances = new double[Lifetimes.MOST_STEPS + 1][];

    private double roundSeconds;
    private double load;

    /** Of those who have not been answered yet, so that nobody knows their cycles. */
    private double beginnersSeconds;

    // Of those who have been and go on, to learn from.
    private double agents;
    private double cyclesPerSecond;

    EngineTime(WorkingSetLaw law, Learning learned) {
        this.law = law;
        this.cost = learned.cost;
        this.footprints = learned.footprints;
        this.lifetimes = learned.lifetimes;
        clear();
    }

    /** Nobody is inside. */
    void clear() {
        looks = Demand.looks(law.config().growthSteps());
        Arrays.fill(chances, null);
        roundSeconds = 0;
        load = 0;
        beginnersSeconds = 0;
        agents = 0;
        cyclesPerSecond = 0;
        children.clear();
    }

    /** Everybody was counted. */
    void settle(long nowNanos) {
        children.settle(nowNanos);
    }

    /**
     * Counts an agent in.
     *
     * @param alive 0..1: the chance that it will go on
     * @param cycles of it in a second
     */
    void add(Agent agent, double alive, double contextTokens, double cycles) {
        roundSeconds += alive * secondsAlone(contextTokens);
        double seconds = alive * secondsToCome(agent, contextTokens);
        children.add(agent, alive, agent.steps == 0 ? 0 : seconds * cycles);
        if (agent.steps == 0) {
            beginnersSeconds += seconds;
            return;
        }
        load += seconds * cycles;
        if (!Cycles.isAfterWork(agent)) {
            agents += alive;
            cyclesPerSecond += alive * cycles;
        }
    }

    /** Counts a newcomer in. */
    void enter(Step newcomer) {
        roundSeconds += secondsAlone(newcomer.promptTokens);
        beginnersSeconds += secondsToCome(newcomer.agent, newcomer.promptTokens);
    }

    /** What one step of everybody takes, alone and with nothing cached. */
    double roundSeconds() {
        return roundSeconds;
    }

    boolean hasTimeFor(Step newcomer) {
        if (agents == 0) {
            return false;
        }
        double beginners = beginnersSeconds + secondsToCome(newcomer.agent, newcomer.promptTokens);
        double families = newcomer.agent.isChildOfStarted() ? 0 : children.ofAll() + children.ofOne();
        return load + families + beginners * cyclesPerSecond / agents <= LARGEST_LOAD;
    }

    boolean hasRoundFor(Step newcomer) {
        double bound = LARGEST_ROUND * law.config().promoteAfter().toNanos() / 1e9;
        return roundSeconds + secondsAlone(newcomer.promptTokens) <= bound;
    }

    boolean isPaid(Step newcomer, double idleSeconds) {
        return idleSeconds >= IDLE_PROMPTS * secondsAlone(newcomer.promptTokens);
    }

    /** What computing the agent's context takes at most, now or after some of the steps looked ahead, by the chance that it takes them. */
    private double secondsToCome(Agent agent, double contextTokens) {
        double growth = footprints.growthToCome(agent, contextTokens);
        double[] ahead = chances(agent.steps);
        double most = 0;
        for (int look = 0; look < ahead.length; look++) {
            double tokens = contextTokens + Demand.stepsAhead(look) * growth;
            most = Math.max(most, ahead[look] * RecomputeCost.work(tokens));
        }
        return cost.secondsAtMost(most);
    }

    private double[] chances(long steps) {
        int age = (int) Math.min(Lifetimes.MOST_STEPS, steps);
        double[] known = chances[age];
        if (known == null) {
            known = new double[looks];
            Arrays.setAll(known, look -> lifetimes.chance(age, Demand.stepsAhead(look)));
            chances[age] = known;
        }
        return known;
    }

    private double secondsAlone(double promptTokens) {
        return cost.seconds(promptTokens, promptTokens);
    }
}
