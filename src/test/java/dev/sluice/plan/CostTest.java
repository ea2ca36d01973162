package dev.sluice.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Worked out by hand. */
final class CostTest {

    private static final Traffic DAY = new Traffic(10e6, 8e6, 1e6);

    @Test
    void whatIsCachedIsReadAndWhatIsNotIsWritten() {
        Prices prices = new Prices(3, 15, 1.25, 0.1);
        assertThat(prices.of(DAY)).isCloseTo(8 * 0.3 + 2 * 3.75 + 15, within(1e-9));
        assertThat(prices.uncached(DAY)).isCloseTo(30 + 15, within(1e-9));
    }

    @Test
    void aCacheThatIsNeverReadCostsMoreThanNone() {
        Prices hour = new Prices(3, 15, 2, 0.1);
        Traffic missed = DAY.withHitRatio(0);
        assertThat(hour.of(missed)).isGreaterThan(hour.uncached(missed));
        assertThat(hour.of(DAY)).isLessThan(hour.uncached(DAY));
    }

    @Test
    void onlyWhatIsComputedTakesTime() {
        ServingCost own = new ServingCost(2, 3, 0.5, 10_000, 1_000);
        assertThat(own.busyHours(DAY)).isCloseTo((200 + 1000) / 3600.0, within(1e-9));
        assertThat(own.busyHours(DAY.withHitRatio(0))).isCloseTo((1000 + 1000) / 3600.0, within(1e-9));
        assertThat(own.onDemand(10)).isEqualTo(60);
        assertThat(own.reserved(10)).isEqualTo(30);
    }

    @Test
    void moreCachedThanThereWasIsRefused() {
        assertThatThrownBy(() -> new Traffic(10, 11, 0)).hasMessageStartingWith("cachedTokens: 11.0 (expected: 0..");
        assertThatThrownBy(() -> new Traffic(Double.NaN, 0, 0)).hasMessageStartingWith("promptTokens: NaN");
        assertThatThrownBy(() -> new ServingCost(1, 1, 2, 1, 1)).hasMessageStartingWith("reservedFactor: 2.0");
    }
}
