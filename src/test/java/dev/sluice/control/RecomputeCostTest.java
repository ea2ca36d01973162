package dev.sluice.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class RecomputeCostTest {

    private final RecomputeCost cost = new RecomputeCost();

    @Test
    void theFirstUndisturbedPromptReplacesThePrior() {
        cost.onUndisturbedPrefill(10_000, 10_000, 1.1);
        assertThat(cost.seconds(10_000, 10_000)).isCloseTo(1.1, within(1e-9));
    }

    @Test
    void shortPromptsTellNothing() {
        double before = cost.secondsPerToken(0);
        cost.onUndisturbedPrefill(10_000, 100, 5);
        assertThat(cost.secondsPerToken(0)).isEqualTo(before);
    }

    @Test
    void theEndOfALongContextCostsMorePerToken() {
        assertThat(cost.secondsPerToken(50_000)).isCloseTo(2 * cost.secondsPerToken(0), within(1e-12));
    }
}
