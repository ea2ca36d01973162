package dev.sluice.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PoolMeterTest {

    private static final double POOL = 100_000;
    private static final double OWN = 4_000;

    private final PoolMeter meter = new PoolMeter();
    private final SplittableRandom chance = new SplittableRandom(1);
    private long nowNanos;

    /** Agents come back to a cache of that size, at depths up to a reach times it; a step waits all the while. */
    private void comeBack(int times, double poolTokens, double reachTokens) {
        for (int time = 0; time < times; time++) {
            nowNanos += 500_000_000L;
            double distance = chance.nextDouble() * reachTokens;
            double found = Math.max(0, Math.min(OWN, poolTokens - distance));
            meter.onReturn(distance, OWN, found, true, nowNanos);
            meter.onTick(true, nowNanos);
        }
    }

    @Test
    void aSizeToldRightIsBelieved() {
        meter.onTold(POOL);
        comeBack(2_000, POOL, 1.5 * POOL);
        assertThat(meter.contradicts()).isFalse();
    }

    @Test
    void aPoolToldTooLargeIsFoundOut() {
        meter.onTold(2 * POOL);
        comeBack(300, POOL, 2 * POOL);
        assertThat(meter.contradicts()).isTrue();
        assertThat(meter.tokens()).isCloseTo(POOL, within(0.1 * POOL));
    }

    @Test
    void aPoolThatNobodyToldIsFoundOut() {
        comeBack(300, POOL, 2 * POOL);
        assertThat(meter.contradicts()).isTrue();
        assertThat(meter.tokens()).isCloseTo(POOL, within(0.1 * POOL));
    }

    @Test
    void aPoolThatNobodyToldAndNobodyFillsStaysUnknown() {
        comeBack(1_000, POOL, 0.9 * POOL);
        assertThat(meter.contradicts()).isFalse();
        assertThat(meter.tokens()).isInfinite();
    }

    @Test
    void aPoolToldTooSmallIsFoundOutByThoseWhoComeBackFromDeeper() {
        meter.onTold(POOL / 2);
        comeBack(300, POOL, POOL);
        assertThat(meter.tokens()).isCloseTo(POOL, within(0.1 * POOL));
    }

    @Test
    void whereNobodyLosesAnythingMoreIsTriedUntilSomebodyDoes() {
        meter.onTold(POOL / 2);
        comeBack(200, POOL, 0.45 * POOL);
        assertThat(meter.contradicts()).isFalse();
        for (int time = 0; time < 2_000; time++) {
            comeBack(1, POOL, meter.tokens());
        }
        assertThat(meter.tokens()).isCloseTo(POOL, within(0.15 * POOL));
    }

    @Test
    void nothingIsTriedWithoutEvidence() {
        meter.onTold(POOL);
        for (int second = 0; second < 3_600; second++) {
            meter.onTick(true, second * 1_000_000_000L);
        }
        assertThat(meter.tokens()).isEqualTo(POOL);
    }

    @Test
    void aClientThatRewritesItsHistoryProvesNothing() {
        meter.onTold(POOL);
        for (int time = 0; time < 500; time++) {
            nowNanos += 500_000_000L;
            meter.onReturn(1_000, OWN, 0, false, nowNanos);
        }
        assertThat(meter.tokens()).isEqualTo(POOL);
    }

    @Test
    void aLossWhereOthersFoundTheirsProvesNothing() {
        meter.onTold(POOL);
        for (int time = 0; time < 500; time++) {
            nowNanos += 500_000_000L;
            meter.onReturn(80_000, OWN, OWN, true, nowNanos);
            meter.onReturn(10_000, OWN, 0, true, nowNanos);
        }
        assertThat(meter.contradicts()).isFalse();
    }

    @Test
    void theMeasureFollowsACacheThatOthersUseAndComesBackAfterwards() {
        meter.onTold(POOL);
        comeBack(300, POOL / 2, 1.5 * POOL);
        assertThat(meter.tokens()).isCloseTo(POOL / 2, within(0.1 * POOL));
        comeBack(300, POOL, 1.5 * POOL);
        assertThat(meter.contradicts()).isFalse();
    }

    @Test
    void theMeasureStaysWithinAQuarterAndFourTimesOfWhatWasTold() {
        meter.onTold(POOL);
        comeBack(1_000, 1_000, 3 * POOL);
        assertThat(meter.tokens()).isEqualTo(POOL / 4);
        meter.onTold(POOL);
        comeBack(1_000, 50 * POOL, 50 * POOL);
        assertThat(meter.tokens()).isEqualTo(4 * POOL);
    }
}
