package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class LossMeterTest {

    private final LossMeter meter = new LossMeter();

    @Test
    void whereNothingWasExpectedThereIsNoRatio() {
        assertThat(meter.view(0)).isEqualTo(new Snapshot.Loss(Double.NaN, 0, 0));
    }

    @Test
    void theRatioIsLostOverExpectedOfLate() {
        meter.onReturn(new CacheReturn(1_000, 250), 0);
        assertThat(meter.view(0)).isEqualTo(new Snapshot.Loss(0.25, 1_000, 250));
    }

    @Test
    void whatCameAMinuteEarlierWeighsOneOverE() {
        meter.onReturn(new CacheReturn(1_000, 1_000), 10 * SECOND);
        meter.onReturn(new CacheReturn(1_000, 0), 70 * SECOND);
        assertThat(meter.view(70 * SECOND).ratio()).isCloseTo(0.36788 / 1.36788, within(1e-5));
        meter.onReturn(new CacheReturn(1_000, 500), 130 * SECOND);
        // (0.13534 + 0 + 0.5) / (0.13534 + 0.36788 + 1)
        assertThat(meter.view(130 * SECOND).ratio()).isCloseTo(0.63534 / 1.50322, within(1e-5));
    }

    @Test
    void theSumsDoNotFade() {
        meter.onReturn(new CacheReturn(1_000, 400), 0);
        meter.onReturn(new CacheReturn(500, 100), 3_600 * SECOND);
        assertThat(meter.view(3_600 * SECOND).expectedTokens()).isEqualTo(1_500);
        assertThat(meter.view(3_600 * SECOND).lostTokens()).isEqualTo(500);
    }

    @Test
    void theRatioIsUntoldOnceLessThanATokenIsLeftOfWhatWasExpected() {
        meter.onReturn(new CacheReturn(1_000, 250), 60 * SECOND);
        // 60 s · ln 1,000 = 414.5 s
        assertThat(meter.view((60 + 414) * SECOND).ratio()).isEqualTo(0.25);
        assertThat(meter.view((60 + 415) * SECOND).ratio()).isNaN();
        meter.onReturn(new CacheReturn(1, 1), 4_000 * SECOND);
        assertThat(meter.view(4_000 * SECOND).ratio()).isCloseTo(1, within(1e-9));
    }
}
