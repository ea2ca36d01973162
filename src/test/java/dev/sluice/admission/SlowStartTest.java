package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class SlowStartTest {

    private static final long SECOND = GateBench.SECOND;

    private final Pauses pauses = new Pauses();
    private final SlowStart slowStart = new SlowStart(pauses);

    @Test
    void beforeAnyLookNothingIsBelieved() {
        assertThat(slowStart.trust(silent(1_000, Finish.TOOL_CALL), 0)).isZero();
    }

    @Test
    void whoIsNotSilentNeedsItsRoom() {
        settle(1, 10);
        Agent agent = silent(60, Finish.TOOL_CALL);
        agent.step = Arrivals.step(agent, 0);
        assertThat(slowStart.trust(agent, 0)).isZero();
    }

    @Test
    void afterTheEndOfWorkThereIsNoSlowStart() {
        settle(1, 10);
        Agent agent = silent(1, Finish.END_OF_TURN);
        agent.callsTools = true;
        assertThat(slowStart.trust(agent, 0)).isEqualTo(1);
    }

    @Test
    void aSilenceIsLongByThePaceOfTheEngine() {
        settle(1, 10);
        // Four of five are expected soon; after two rounds half of the chance that they come yet is over.
        assertThat(slowStart.trust(silent(0, Finish.END_OF_TURN), 0)).isCloseTo(0.2, within(1e-9));
        assertThat(slowStart.trust(silent(20, Finish.END_OF_TURN), 0)).isCloseTo(1 - 0.4 / 0.6, within(1e-9));
        settle(1, 1_000);
        assertThat(slowStart.trust(silent(20, Finish.END_OF_TURN), 0)).isCloseTo(0.2, within(0.01));
    }

    @Test
    void aCrowdThatStaysAwayIsNotExpectedAnyMore() {
        for (int look = 0; look < 20; look++) {
            for (int agent = 0; agent < 50; agent++) {
                slowStart.count(silent(20, Finish.END_OF_TURN), 0);
            }
            settle(50, 10);
        }
        assertThat(slowStart.trust(silent(0, Finish.END_OF_TURN), 0)).isGreaterThan(0.9);
        // Of agents that call tools nothing was seen.
        assertThat(slowStart.trust(silent(0, Finish.TOOL_CALL), 0)).isCloseTo(0.2, within(1e-9));
    }

    @Test
    void aCrowdOfWhichManyReturnIsExpectedUntilItsPausesAreKnown() {
        for (int pause = 0; pause < 10; pause++) {
            pauses.of(PauseKind.TALK).onReturn(20);
        }
        for (int look = 0; look < 20; look++) {
            for (int agent = 0; agent < 5; agent++) {
                slowStart.count(silent(10, Finish.END_OF_TURN), 0);
            }
            settle(25, 10);
        }
        // Ten pauses were seen where fifty are asked for.
        assertThat(slowStart.trust(silent(0, Finish.END_OF_TURN), 0)).isBetween(10 / 60.0, 0.25);
    }

    private void settle(double insideAgents, double roundSeconds) {
        slowStart.settle(insideAgents, roundSeconds);
    }

    private static Agent silent(double seconds, Finish finish) {
        Agent agent = Arrivals.agent("a");
        agent.steps = 1;
        agent.lastFinish = finish;
        agent.lastEndNanos = Math.round(-seconds * SECOND);
        return agent;
    }
}
