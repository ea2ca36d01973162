package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Where pauses lie and how far they spread, learned over bins of which each is twice as far as the one before. */
final class PauseShapeTest {

    private static final int BINS = 12;

    private final PauseShape shape = new PauseShape(60);
    private final double[] middles = new double[BINS];
    private final double[] returned = new double[BINS];
    private final double[] silent = new double[BINS];

    PauseShapeTest() {
        for (int bin = 0; bin < BINS; bin++) {
            middles[bin] = Math.log(Math.pow(2, bin - 2));
        }
    }

    private void fit() {
        for (int look = 0; look < 50; look++) {
            shape.fit(middles, returned, silent);
        }
    }

    private double below(double seconds) {
        return shape.below(Math.log(seconds));
    }

    @Test
    void beforeAnythingWasSeenHalfOfThePausesAreBelowThePriorsMedian() {
        fit();
        assertThat(below(60)).isCloseTo(0.5, within(1e-9));
        assertThat(below(60 * Math.exp(1.6))).isCloseTo(0.84, within(0.01));
    }

    @Test
    void aFewPausesTellWherePausesLie() {
        returned[1] = 20;
        fit();
        assertThat(below(60)).isGreaterThan(0.97);
        assertThat(below(5)).isGreaterThan(0.8);
    }

    @Test
    void manyPausesTellHowFarTheySpread() {
        returned[2] = 1_000;
        fit();
        assertThat(below(4)).isGreaterThan(0.98);
        returned[10] = 1_000;
        fit();
        assertThat(below(4)).isBetween(0.2, 0.4);
    }

    @Test
    void silencesThatWillEndArePausesLongerThanTheyAreNow() {
        returned[2] = 20;
        fit();
        double before = below(4);
        silent[2] = 200;
        fit();
        assertThat(below(4)).isLessThan(before - 0.05);
    }

    @Test
    void silencesAloneTellNothing() {
        silent[BINS - 1] = 1_000;
        fit();
        assertThat(below(60)).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void staysInRangeHoweverFarASilenceIs() {
        returned[0] = 1_000;
        silent[BINS - 1] = 1_000;
        fit();
        assertThat(below(100)).isBetween(0.01, 0.99);
    }
}
