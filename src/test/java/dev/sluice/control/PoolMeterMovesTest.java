package dev.sluice.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The moves of the measure, proof by proof, from a size told as 100,000. */
final class PoolMeterMovesTest {

    private static final double OWN = 4_000;
    private static final long SECOND = 1_000_000_000L;
    private static final Offset<Double> EXACT = within(1e-6);

    private final PoolMeter meter = told(100_000);

    private static PoolMeter told(double tokens) {
        PoolMeter meter = new PoolMeter();
        meter.onTold(tokens);
        return meter;
    }

    @Test
    void risesHalfWayToWhatWasFoundAboveIt() {
        found(120_000, 0);
        assertThat(meter.tokens()).isEqualTo(110_000, EXACT);
        found(110_000, 0);
        found(50_000, 0);
        assertThat(meter.tokens()).isEqualTo(110_000, EXACT);
    }

    @Test
    void fallsByAFifthOfTheWayToWhatWasLostBelowIt() {
        // A part of 1,000 tokens was still there: the pool ends at 51,000.
        meter.onReturn(50_000, OWN, 1_000, true, 0);
        assertThat(meter.tokens()).isEqualTo(90_200, EXACT);
        lost(90_200, 0);
        assertThat(meter.tokens()).isEqualTo(90_200, EXACT);
    }

    @Test
    void aPrefixIsFoundOnlyIfAllOfItIs() {
        meter.onReturn(116_000, OWN, OWN, false, 0);
        assertThat(meter.tokens()).isEqualTo(110_000, EXACT);
        meter.onReturn(126_000, OWN, OWN - 1, true, 0);
        assertThat(meter.tokens()).isEqualTo(110_000, EXACT);
    }

    @Test
    void aLossLessDeepThanNineTenthsOfWhereOthersFoundTheirsIsNoProof() {
        found(80_000, 0);
        lost(71_999, 0);
        assertThat(meter.tokens()).isEqualTo(100_000);
        lost(72_000, 0);
        assertThat(meter.tokens()).isEqualTo(94_400, EXACT);
    }

    @Test
    void whatOthersFoundFadesWithTwoMinutes() {
        found(80_000, 0);
        // 72,000 / e = 26,487
        lost(26_400, 120 * SECOND);
        assertThat(meter.tokens()).isEqualTo(100_000);
        lost(26_500, 120 * SECOND);
        assertThat(meter.tokens()).isLessThan(100_000);
    }

    @Test
    void aFindCountsAsCertainOnlyIfItLiesDeeperThanWhatIs() {
        found(80_000, 0);
        found(71_000, 0);
        found(72_000, 0);
        lost(70_000, 0);
        assertThat(meter.tokens()).isEqualTo(100_000);
        // By now 26,487 are certain; the next find makes it 27,000.
        found(30_000, 120 * SECOND);
        lost(26_800, 120 * SECOND);
        assertThat(meter.tokens()).isEqualTo(100_000);
    }

    @Test
    void contradictsFromFifteenPercentOn() {
        found(130_000, 0);
        assertThat(meter.contradicts()).isFalse();
        found(115_010, 0);
        assertThat(meter.contradicts()).isTrue();
    }

    @Test
    void whereNobodyToldTheFirstLossIsTheMeasureAndTheFifthMakesItCount() {
        PoolMeter untold = told(0);
        untold.onReturn(30_000, OWN, 0, true, 0);
        assertThat(untold.tokens()).isEqualTo(30_000);
        for (int loss = 2; loss <= 4; loss++) {
            untold.onReturn(90_000, OWN, 0, true, 0);
        }
        assertThat(untold.contradicts()).isFalse();
        untold.onReturn(90_000, OWN, 0, true, 0);
        assertThat(untold.contradicts()).isTrue();
        assertThat(untold.tokens()).isEqualTo(30_000);
    }

    @Test
    void whereNobodyToldTheMeasureIsATokenAtLeast() {
        PoolMeter untold = told(0);
        untold.onReturn(0, OWN, 0, true, 0);
        assertThat(untold.tokens()).isEqualTo(1);
    }

    @Test
    void afterTwoMinutesOfThirtyFindsMoreIsTried() {
        meter.onTick(true, 0);
        findDeepEnough(30, 0);
        tickAt(119.9);
        assertThat(meter.tokens()).isEqualTo(100_000);
        tickAt(120);
        assertThat(meter.tokens()).isEqualTo(102_000, EXACT);
    }

    @Test
    void twentyNineFindsAreTooFew() {
        meter.onTick(true, 0);
        findDeepEnough(29, 0);
        tickAt(500);
        assertThat(meter.tokens()).isEqualTo(100_000);
        findDeepEnough(1, 500);
        tickAt(500);
        assertThat(meter.tokens()).isEqualTo(102_000, EXACT);
    }

    @Test
    void findsNoDeeperThanHalfOfTheMeasureSayNothingOfItsEnd() {
        meter.onTick(true, 0);
        for (int find = 0; find < 100; find++) {
            found(50_000, 0);
        }
        tickAt(500);
        assertThat(meter.tokens()).isEqualTo(100_000);
    }

    @Test
    void everyTenFindsMoreAreTriedAgain() {
        tryMore(0);
        findDeepEnough(9, 120);
        tickAt(121);
        assertThat(meter.tokens()).isEqualTo(102_000, EXACT);
        findDeepEnough(1, 121);
        tickAt(121);
        assertThat(meter.tokens()).isEqualTo(104_040, EXACT);
    }

    @Test
    void whileNobodyWaitsNothingIsTriedAndTheTwoMinutesBeginAnew() {
        meter.onTick(true, 0);
        findDeepEnough(30, 0);
        meter.onTick(false, 60 * SECOND);
        tickAt(180);
        assertThat(meter.tokens()).isEqualTo(100_000);
        findDeepEnough(30, 180);
        meter.onTick(false, 200 * SECOND);
        findDeepEnough(30, 200);
        tickAt(319.9);
        assertThat(meter.tokens()).isEqualTo(100_000);
        tickAt(320);
        assertThat(meter.tokens()).isEqualTo(102_000, EXACT);
    }

    @Test
    void aLossNearTheMeasureBeginsTheTwoMinutesAnew() {
        meter.onTick(true, 0);
        findDeepEnough(30, 0);
        lost(124_999, 60 * SECOND);
        findDeepEnough(30, 60);
        tickAt(179.9);
        assertThat(meter.tokens()).isEqualTo(100_000);
        tickAt(180);
        assertThat(meter.tokens()).isEqualTo(102_000, EXACT);
    }

    @Test
    void aLossAQuarterBeyondTheMeasureDoesNot() {
        meter.onTick(true, 0);
        findDeepEnough(30, 0);
        lost(125_000, 60 * SECOND);
        tickAt(120);
        assertThat(meter.tokens()).isEqualTo(102_000, EXACT);
    }

    @Test
    void anAttemptThatFailedDoublesTheTimeToTheNextAndOnlyOnce() {
        tryMore(0);
        fail(130);
        lost(110_000, 140 * SECOND);
        findDeepEnough(30, 140);
        tickAt(140 + 239);
        assertThat(meter.tokens()).isEqualTo(102_000, EXACT);
        tickAt(140 + 240);
        assertThat(meter.tokens()).isEqualTo(104_040, EXACT);
    }

    @Test
    void anHourIsTheLongestTimeToTheNextAttempt() {
        double now = 0;
        for (int wait : new int[] {120, 240, 480, 960, 1_920}) {
            tryMore(now, wait);
            now += wait + 1;
            fail(now);
        }
        double before = meter.tokens();
        findDeepEnough(30, now);
        tickAt(now + 3_599);
        assertThat(meter.tokens()).isEqualTo(before);
        tickAt(now + 3_600);
        assertThat(meter.tokens()).isEqualTo(1.02 * before, EXACT);
    }

    @Test
    void aSizeToldAnewIsANewBeginning() {
        tryMore(0);
        found(90_000, 120 * SECOND);
        fail(121);
        tryMore(130, 250);
        meter.onTold(200_000);
        assertThat(meter.tokens()).isEqualTo(200_000);
        assertThat(meter.contradicts()).isFalse();
        // Neither what was certain nor the doubled time holds any longer.
        tickAt(1_000);
        findDeepEnough(30, 1_000);
        tickAt(1_119.9);
        assertThat(meter.tokens()).isEqualTo(200_000);
        tickAt(1_120);
        assertThat(meter.tokens()).isEqualTo(204_000, EXACT);
        meter.onTold(100_000);
        lost(10_000, 1_120 * SECOND);
        assertThat(meter.tokens()).isEqualTo(82_000, EXACT);
    }

    @Test
    void lossesBeforeASizeWasToldAnewProveNothing() {
        PoolMeter untold = told(0);
        for (int loss = 0; loss < 4; loss++) {
            untold.onReturn(30_000, OWN, 0, true, 0);
        }
        untold.onTold(0);
        untold.onReturn(30_000, OWN, 0, true, 0);
        assertThat(untold.contradicts()).isFalse();
    }

    private void found(double depthTokens, long nowNanos) {
        meter.onReturn(depthTokens - OWN, OWN, OWN, true, nowNanos);
    }

    private void lost(double depthTokens, long nowNanos) {
        meter.onReturn(depthTokens, OWN, 0, true, nowNanos);
    }

    /** Just deeper than half of the measure. */
    private void findDeepEnough(int times, double second) {
        for (int find = 0; find < times; find++) {
            found(0.51 * meter.tokens(), (long) (second * SECOND));
        }
    }

    private void tryMore(double second) {
        tryMore(second, 120);
    }

    private void tryMore(double second, double wait) {
        double before = meter.tokens();
        tickAt(second);
        findDeepEnough(30, second);
        tickAt(second + wait);
        assertThat(meter.tokens()).isEqualTo(1.02 * before, EXACT);
    }

    /** A loss right above the measure, so that it stays where it is. */
    private void fail(double second) {
        lost(1.1 * meter.tokens(), (long) (second * SECOND));
    }

    private void tickAt(double second) {
        meter.onTick(true, (long) (second * SECOND));
    }
}
