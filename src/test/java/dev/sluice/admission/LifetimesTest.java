package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The chance of more steps, after nothing was seen and after lives were. */
final class LifetimesTest {

    private static final Offset<Double> EXACT = within(1e-9);

    private final Lifetimes lifetimes = new Lifetimes();

    @Test
    void thePriorIsOneLifeOfTwentySteps() {
        assertThat(lifetimes.returnChance()).isEqualTo(0.95);
        lifetimes.onReturn(1);
        assertThat(lifetimes.returnChance()).isEqualTo(20 / 21.0, EXACT);
        lifetimes.onEnd(2);
        lifetimes.onEnd(2);
        assertThat(lifetimes.returnChance()).isEqualTo(20 / 23.0, EXACT);
    }

    @Test
    void theSilentExpectedToBeGoneCountAsEndsUntilTheNextLook() {
        lifetimes.countSilent(3, 18);
        lifetimes.refresh();
        assertThat(lifetimes.returnChance()).isEqualTo(0.5);
        lifetimes.refresh();
        assertThat(lifetimes.returnChance()).isEqualTo(0.95);
    }

    @Test
    void beforeAnythingWasSeenEveryStepIsTheLastWithOneChance() {
        assertThat(lifetimes.chance(1, 0)).isEqualTo(1);
        assertThat(lifetimes.chance(1, 24)).isEqualTo(Math.pow(0.95, 24), EXACT);
        assertThat(lifetimes.chance(500, 24)).isEqualTo(Math.pow(0.95, 24), EXACT);
    }

    @Test
    void whoHasTakenNoStepCountsAsHavingTakenOne() {
        for (int i = 0; i < 80; i++) {
            lifetimes.onEnd(1);
        }
        lifetimes.refresh();
        assertThat(lifetimes.chance(0, 1)).isEqualTo(lifetimes.chance(1, 1));
    }

    @Test
    void livesOfOneLengthEndThereAndNotBefore() {
        for (int agent = 0; agent < 1_000; agent++) {
            for (int step = 1; step < 30; step++) {
                lifetimes.onReturn(step);
            }
            lifetimes.onEnd(30);
        }
        lifetimes.refresh();
        assertThat(lifetimes.chance(1, 20)).isGreaterThan(0.97);
        assertThat(lifetimes.chance(10, 10)).isGreaterThan(0.98);
        // Bins of some steps: the end is as likely from 24 to 30 as at 30.
        assertThat(lifetimes.chance(1, 40)).isLessThan(0.5);
        assertThat(lifetimes.chance(24, 8)).isLessThan(lifetimes.chance(10, 8) / 1.5);
    }

    @Test
    void whereFewWereSeenTheMeanOfAllAgesCounts() {
        for (int i = 0; i < 60; i++) {
            lifetimes.onReturn(2);
        }
        for (int i = 0; i < 40; i++) {
            lifetimes.onEnd(2);
        }
        lifetimes.refresh();
        double mean = 1 - 79 / 120.0;
        assertThat(lifetimes.chance(100, 1)).isEqualTo(1 - mean, EXACT);
        assertThat(lifetimes.chance(2, 1)).isEqualTo(1 - (20 * mean + 40) / 120, EXACT);
    }

    @Test
    void thatNobodyHasEndedYetTellsNothingOfLaterAges() {
        for (int i = 0; i < 900; i++) {
            lifetimes.onReturn(2);
        }
        lifetimes.refresh();
        assertThat(lifetimes.chance(100, 1)).isEqualTo(0.95, EXACT);
        assertThat(lifetimes.chance(2, 1)).isEqualTo(1 - 20 * 0.05 / 920, EXACT);
    }

    @Test
    void aChanceOfHalfIsTheLeastForAnyStepAndAnyAgeIsInRange() {
        lifetimes.countSilent(7, 1e12);
        lifetimes.refresh();
        assertThat(lifetimes.chance(7, 1)).isEqualTo(0.5);
        assertThat(lifetimes.chance(900, 50)).isEqualTo(Math.pow(0.5, 50), EXACT);
        assertThat(lifetimes.chance(999, 1)).isEqualTo(0.5);
        assertThat(lifetimes.chance(Long.MAX_VALUE, 3)).isEqualTo(0.125);
        assertThat(lifetimes.chance(1, 1_000)).isPositive();
    }

    @Test
    void followsAChangeOfLoad() {
        for (int i = 0; i < 25_000; i++) {
            lifetimes.onReturn(1);
        }
        for (int i = 0; i < 25_000; i++) {
            lifetimes.onEnd(1);
            lifetimes.onReturn(2);
        }
        lifetimes.refresh();
        assertThat(lifetimes.chance(1, 1)).isLessThan(0.6);
    }
}
