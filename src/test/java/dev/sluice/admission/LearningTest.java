package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.control.RecomputeCost;
import dev.sluice.control.RoomPrice;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is learned from whom, and when nothing is. */
final class LearningTest {

    private static final Offset<Double> EXACT = within(1e-9);
    private static final double PRIOR_COST = 1 / 15_000.0;

    private final Learning learned = new Learning();
    private final Agent agent = Arrivals.agent("a");

    @Test
    void aPauseEndsWithTheAgentsNextStepAndOnlyOnce() {
        agent.steps = 1;
        agent.lastEndNanos = 5 * SECOND;
        learned.onReturn(agent, 15 * SECOND);
        learned.onReturn(agent, 95 * SECOND);
        assertThat(agent.pauseSeconds).isEqualTo(10);
        assertThat(learned.pauses.of(agent).seen()).isEqualTo(1);
        assertThat(learned.lifetimes.returnChance()).isEqualTo(20 / 21.0, EXACT);
    }

    @Test
    void anAgentsMeanPauseFollowsLaterOnesByAFifth() {
        agent.steps = 1;
        learned.onReturn(agent, 0);
        agent.returned = false;
        learned.onReturn(agent, 10 * SECOND);
        assertThat(agent.pauseSeconds).isEqualTo(2, EXACT);
    }

    @Test
    void whoWasNeverAnsweredHadNoPause() {
        learned.onReturn(agent, 15 * SECOND);
        assertThat(agent.returned).isFalse();
        assertThat(agent.pauseSeconds).isNegative();
        assertThat(learned.lifetimes.returnChance()).isEqualTo(0.95);
    }

    @Test
    void whoIsForgottenAfterAnAnswerHasEnded() {
        agent.steps = 1;
        double before = goneChance();
        learned.onForgotten(agent, SECOND);
        assertThat(learned.lifetimes.returnChance()).isEqualTo(19 / 21.0, EXACT);
        assertThat(goneChance()).isGreaterThan(before);
    }

    @Test
    void whoIsForgottenWithoutAnAnswerTeachesNothing() {
        double before = goneChance();
        learned.onForgotten(agent, SECOND);
        assertThat(learned.lifetimes.returnChance()).isEqualTo(0.95);
        assertThat(goneChance()).isEqualTo(before);
    }

    private double goneChance() {
        learned.pauses.of(agent).refresh();
        return learned.pauses.of(agent).goneChance(0);
    }

    @Test
    void theAgentTakesOverWhatAnAnswerTells() {
        agent.returned = true;
        agent.started = false;
        Step step = forwarded(Arrivals.started("a", 8_000), 0);
        learned.onAnswer(step, new Usage(2_000, 0, 300, Finish.TOOL_CALL), null, 4 * SECOND);
        assertThat(agent.contextTokens).isEqualTo(2_300);
        assertThat(agent.lastPromptTokens).isEqualTo(2_000);
        assertThat(agent.lastBodyBytes).isEqualTo(8_000);
        assertThat(agent.engineSeconds).isEqualTo(4);
        assertThat(agent.lastFinish).isEqualTo(Finish.TOOL_CALL);
        assertThat(agent.steps).isEqualTo(1);
        assertThat(agent.started).isTrue();
        assertThat(agent.returned).isFalse();
    }

    @Test
    void anAgentsMeanTimeInTheEngineFollowsByAFifth() {
        answer(forwarded(Arrivals.started("a", 0), SECOND), -1, 5 * SECOND);
        answer(forwarded(Arrivals.started("a", 0), 10 * SECOND), -1, 24 * SECOND);
        // 4 + 0.2 · (14 − 4)
        assertThat(agent.engineSeconds).isEqualTo(6, EXACT);
    }

    @Test
    void footprintsAndTheHistoryHearOfEveryAnswer() {
        agent.contextTokens = 1_000;
        answer(forwarded(Arrivals.started("a", 0), 0), -1, SECOND);
        assertThat(agent.growthTokens).isPositive();
        assertThat(agent.history.cost(SECOND).promptTokens()).isEqualTo(50_000);
    }

    @Test
    void theWholeTimeOfAnUnstreamedAnswerWithThePrefillForItselfTellsWhatTokensCost() {
        Step step = forwarded(unstreamed(), SECOND);
        step.undisturbed = true;
        learned.onAnswer(step, new Usage(50_000, 20_000, 100, Finish.UNKNOWN), null, 8 * SECOND);
        RecomputeCost expected = new RecomputeCost();
        expected.onUndisturbedAnswer(50_000, 30_000, 100, 7);
        assertThatCostIs(expected);
    }

    @Test
    void theTimeToFirstTokenOfAStreamedOneDoes() {
        Step step = forwarded(Arrivals.started("a", 0), -2 * SECOND);
        step.undisturbed = true;
        step.firstTokenNanos = 0;
        answer(step, 20_000, 30 * SECOND);
        RecomputeCost expected = new RecomputeCost();
        expected.onUndisturbedPrefill(50_000, 30_000, 2);
        assertThatCostIs(expected);
    }

    @Test
    void aTimeThatWasSharedOrNotSeenOrOfUnknownWorkTellsNothingOfCost() {
        Step shared = forwarded(unstreamed(), 0);
        shared.firstTokenNanos = SECOND;
        answer(shared, 20_000, 8 * SECOND);
        Step sharedStream = forwarded(Arrivals.started("a", 0), 0);
        sharedStream.firstTokenNanos = SECOND;
        answer(sharedStream, 20_000, 8 * SECOND);
        Step unseen = forwarded(Arrivals.started("a", 0), -5 * SECOND);
        unseen.undisturbed = true;
        answer(unseen, 20_000, 8 * SECOND);
        Step untold = forwarded(unstreamed(), 0);
        untold.undisturbed = true;
        answer(untold, Usage.UNKNOWN, 8 * SECOND);
        assertThat(learned.cost.secondsPerToken(0)).isEqualTo(PRIOR_COST, EXACT);
    }

    private void assertThatCostIs(RecomputeCost expected) {
        assertThat(learned.cost.secondsPerToken(0))
                .isEqualTo(expected.secondsPerToken(0), EXACT)
                .isNotCloseTo(PRIOR_COST, EXACT);
        assertThat(learned.cost.secondsBefore()).isEqualTo(expected.secondsBefore(), EXACT);
    }

    @Test
    void thePriceHearsHowLongUncachedTokensTook() {
        // 30,000 / 15,000 · (1 + 35,000 / 50,000) seconds, 35,000 being the middle of what was computed.
        assertThat(priceAfterAnswer(20_000)).isEqualTo(priceAfterWork(3.4), EXACT);
        // Nothing cached is work, too: 50,000 / 15,000 · 1.5.
        assertThat(priceAfterAnswer(0)).isEqualTo(priceAfterWork(5), EXACT);
        assertThat(priceAfterAnswer(60_000)).isEqualTo(priceAfterWork(0), EXACT);
        assertThat(priceAfterAnswer(Usage.UNKNOWN)).isEqualTo(priceAfterWork(0), EXACT);
    }

    private double priceAfterAnswer(long cachedTokens) {
        RoomPrice price = fullEngine();
        learned.onAnswer(
                forwarded(Arrivals.started("a", 0), 0),
                new Usage(50_000, cachedTokens, 10, Finish.UNKNOWN),
                price,
                60 * SECOND);
        return price.kappa();
    }

    private static double priceAfterWork(double engineSeconds) {
        RoomPrice price = fullEngine();
        price.onPrefillWork(engineSeconds, 60 * SECOND);
        return price.kappa();
    }

    private static RoomPrice fullEngine() {
        RoomPrice price = new RoomPrice();
        price.onFill(1, 0);
        price.onFill(1, 60 * SECOND);
        return price;
    }

    @Test
    void whatTheCacheLacksOfAHeldPrefixIsLoss() {
        assertThat(returned(30_000, true, 10_000)).isEqualTo(new CacheReturn(30_000, 20_000));
        assertThat(returned(30_000, true, 0)).isEqualTo(new CacheReturn(30_000, 30_000));
        assertThat(returned(30_000, true, 30_000)).isEqualTo(new CacheReturn(30_000, 0));
        assertThat(learned.loss.view(SECOND).expectedTokens()).isEqualTo(90_000);
        assertThat(learned.loss.view(SECOND).lostTokens()).isEqualTo(50_000);
    }

    @Test
    void noMoreIsExpectedBackThanThePromptHolds() {
        assertThat(returned(90_000, true, 0)).isEqualTo(new CacheReturn(50_000, 50_000));
    }

    @Test
    void whatWasNotHeldOrNotToldIsNoLoss() {
        assertThat(returned(30_000, false, 10_000)).isNull();
        assertThat(returned(30_000, true, Usage.UNKNOWN)).isNull();
    }

    private @Nullable CacheReturn returned(double knownTokens, boolean held, long cachedTokens) {
        Step step =
                Arrivals.step(agent, Arrivals.started("a", 0), new Footprints.Estimate(50_000, knownTokens, 50_000), 0);
        step.wasHeld = held;
        return answer(step, cachedTokens, SECOND);
    }

    @Test
    void aPrefixIsWholeThatLacksSixtyFourTokensOrAFiftieth() {
        assertThat(Learning.isWhole(1_000, 936)).isTrue();
        assertThat(Learning.isWhole(1_000, 935)).isFalse();
        assertThat(Learning.isWhole(10_000, 9_800)).isTrue();
        assertThat(Learning.isWhole(10_000, 9_799)).isFalse();
    }

    private Step forwarded(Arrival arrival, long nowNanos) {
        Step step = Arrivals.step(agent, arrival, new Footprints.Estimate(50_000, 0, 50_000), nowNanos);
        step.forward(nowNanos);
        return step;
    }

    private static Arrival unstreamed() {
        return new Arrival("a", "test", "default", null, false, true, 0, -1, false, false);
    }

    private @Nullable CacheReturn answer(Step step, long cachedTokens, long nowNanos) {
        return learned.onAnswer(step, new Usage(50_000, cachedTokens, 10, Finish.UNKNOWN), null, nowNanos);
    }
}
