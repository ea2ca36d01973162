package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.SluiceConfig;
import dev.sluice.control.RecomputeCost;
import org.junit.jupiter.api.Test;

/** Wait and first token together stay below what the client bears. */
final class WaitBoundTest {

    /** Four minutes of 290 s, and a token costs a fifteen-thousandth of a second. */
    private final WaitBound bound = new WaitBound(() -> SluiceConfig.DEFAULT, new RecomputeCost());

    private double seconds(double promptTokens, double patience) {
        Arrival arrival = Arrivals.newcomer("a", 100).with(patience);
        Step step = new Step(
                1,
                Arrivals.agent(arrival, 0),
                arrival,
                new Footprints.Estimate(promptTokens, 0, promptTokens),
                7 * SECOND);
        return (bound.deadlineNanos(step) - 7.0 * SECOND) / SECOND;
    }

    @Test
    void theUsualWaitIsAsConfigured() {
        assertThat(seconds(10_000, 1)).isEqualTo(240);
    }

    @Test
    void patientClientsWaitLongerAndHastyOnesLess() {
        assertThat(seconds(10_000, 2)).isEqualTo(480);
        assertThat(seconds(1_000, 0.25)).isEqualTo(60);
    }

    @Test
    void aPromptThatTakesTheEngineLongLeavesLessToWaitButHalfAtLeast() {
        double prefill = new RecomputeCost().seconds(300_000, 300_000);
        assertThat(prefill).isBetween(60.0, 160.0);
        assertThat(seconds(300_000, 1)).isCloseTo(290 - prefill, org.assertj.core.data.Offset.offset(0.001));
        assertThat(seconds(5_000_000, 1)).isEqualTo(120);
    }
}
