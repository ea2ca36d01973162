package dev.sluice.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class DecayingMeanTest {

    @Test
    void aMeanOverTimeIsWeighedByHowLongAValueStood() {
        DecayingMean mean = new DecayingMean(10);
        assertThat(mean.value()).isZero();
        mean.observe(5, 1_000_000_000L);
        assertThat(mean.value()).isZero();
        mean.observe(3, 11_000_000_000L);
        assertThat(mean.value()).isEqualTo(3);
        mean.observe(0, 21_000_000_000L);
        // 3 · e⁻¹ (1 − e⁻¹) over 1 − e⁻²
        double e = Math.exp(-1);
        assertThat(mean.value()).isCloseTo(3 * e * (1 - e) / (1 - e * e), within(1e-12));
    }

    @Test
    void whatComesAtAMomentIsARatePerSecond() {
        DecayingMean mean = new DecayingMean(10);
        mean.add(0, 1_000_000_000L);
        mean.add(5, 11_000_000_000L);
        // 5 over the horizon, of which 1 − e⁻¹ has passed
        assertThat(mean.value()).isCloseTo(0.5 / (1 - Math.exp(-1)), within(1e-12));
    }
}
