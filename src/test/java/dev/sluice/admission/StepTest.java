package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One step, what it needs of the engine, and what is told of it. */
final class StepTest {

    private final Agent agent = Arrivals.agent("a");

    @Test
    void whatIsKnownOfThePromptIsCachedOnlyWhileItIsHeld() {
        agent.sharedTokens = 50;
        Step step = step();
        assertThat(step.expectedUncachedTokens()).isEqualTo(950);
        agent.heldTokens = 1;
        assertThat(step.expectedUncachedTokens()).isEqualTo(300);
    }

    @Test
    void aTokenIsAlwaysToBeComputed() {
        agent.sharedTokens = 1_000;
        assertThat(step().expectedUncachedTokens()).isEqualTo(1);
    }

    @Test
    void whatIsHeldWhenItGoesIsExpectedBack() {
        Step parked = step();
        parked.forward(5 * SECOND);
        assertThat(parked.wasHeld).isFalse();
        agent.heldTokens = 10;
        Step held = step();
        held.forward(5 * SECOND);
        assertThat(held.wasHeld).isTrue();
        assertThat(held.uncachedTokens).isEqualTo(300);
        assertThat(held.isWaiting()).isFalse();
    }

    @Test
    void itsWaitEndsWhenItGoes() {
        Step step = step();
        assertThat(step.waitedNanos(7 * SECOND)).isEqualTo(5 * SECOND);
        step.forward(8 * SECOND);
        assertThat(step.waitedNanos(100 * SECOND)).isEqualTo(6 * SECOND);
    }

    @Test
    void aNewcomerStandsWhereItFirstStoodAndAStartedAgentWhereItArrived() {
        agent.doorSinceNanos = SECOND;
        assertThat(step().queuedSinceNanos).isEqualTo(2 * SECOND);
        agent.started = false;
        assertThat(step().queuedSinceNanos).isEqualTo(SECOND);
        agent.doorSinceNanos = Long.MIN_VALUE;
        assertThat(step().queuedSinceNanos).isEqualTo(2 * SECOND);
    }

    private Step step() {
        return Arrivals.step(agent, Arrivals.started("a", 0), new Footprints.Estimate(1_000, 700, 1_200), 2 * SECOND);
    }

    @Test
    void anAnswerTellsTheContextByBothOfItsParts() {
        assertThat(new Usage(0, -1, 0, Finish.UNKNOWN).tellsContext()).isTrue();
        assertThat(new Usage(-1, 0, 0, Finish.UNKNOWN).tellsContext()).isFalse();
        assertThat(new Usage(0, 0, -1, Finish.UNKNOWN).tellsContext()).isFalse();
    }

    @Test
    void theHistorySumsUpWaitsAndWhatWasComputedAgain() {
        agent.history.onForwarded(3);
        agent.history.onForwarded(5);
        agent.history.onForwarded(2);
        // A first prompt is no recomputation, whatever was cached of it.
        answer(0, null);
        agent.steps = 1;
        answer(0, null);
        // All but the slack of 64 tokens is whole.
        answer(636, new CacheReturn(700, 0));
        answer(635, new CacheReturn(700, 65));
        answer(Usage.UNKNOWN, null);
        agent.history.onPaused("once", 5);
        agent.history.onPaused("again", 10);
        assertThat(agent.history.cost(25))
                .isEqualTo(new Explanation.Cost(10, 5, 2, "again", 15, 5_000, 1_271, 700 + 65, 1_400, 65));
    }

    @Test
    void whoWasNeverPausedHasNoLastTime() {
        assertThat(agent.history.cost(25)).isEqualTo(new Explanation.Cost(0, 0, 0, "", -1, 0, 0, 0, 0, 0));
    }

    private void answer(long cachedTokens, @Nullable CacheReturn back) {
        agent.history.onAnswer(step(), new Usage(1_000, cachedTokens, 10, Finish.UNKNOWN), back);
    }

    @Test
    void theSameStepMayBeThatOfAnotherAgent() {
        Arrival arrival = new Arrival("a", "header", "team", "parent", true, true, 77, 5, true, false);
        assertThat(arrival.of("b", "prefix", "mother", false))
                .isEqualTo(new Arrival("b", "prefix", "team", "mother", false, true, 77, 5, false, false));
        assertThat(arrival.besideAs("a+2"))
                .isEqualTo(new Arrival("a+2", "header", "team", "a", true, true, 77, 5, true, false));
    }

    @Test
    void wordsAreWrittenInLowerCase() {
        assertThat(AgentEnd.AFTER_STEP.label()).isEqualTo("after_step");
        assertThat(AgentState.RESIDENT.label()).isEqualTo("resident");
        assertThat(Obstacle.Kind.NOT_ITS_TURN.label()).isEqualTo("not_its_turn");
        assertThat(Ending.CLIENT_GONE_HELD.label()).isEqualTo("client_gone_held");
    }
}
