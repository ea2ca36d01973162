package dev.sluice.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * The line through the first few samples. The expected numbers are weighted least squares, solved apart from the code: weights
 * 0.98 to the age, and the prior's points at (0, 0) and (8,192, 8,192 / 15,000 s) the oldest.
 */
final class RecomputeLineTest {

    private static final Offset<Double> CLOSE = within(1e-12);

    private final RecomputeCost cost = new RecomputeCost();

    @Test
    void thePriorIsFifteenThousandTokensASecondAndNothingBefore() {
        assertThat(cost.secondsPerToken(0)).isEqualTo(1 / 15_000.0, CLOSE);
        assertThat(cost.secondsBefore()).isZero();
        // The middle of what is computed lies at 35,000.
        assertThat(cost.seconds(50_000, 30_000)).isEqualTo(2 * 1.7, CLOSE);
    }

    @Test
    void aShortPromptThatTookLongTellsOfTheWaitBefore() {
        // Of 1,010 tokens' work.
        cost.onUndisturbedPrefill(1_000, 1_000, 0.2);
        assertThat(cost.secondsPerToken(0)).isEqualTo(5.964724202182508e-5, CLOSE);
        assertThat(cost.secondsBefore()).isEqualTo(0.06669478632658417, CLOSE);
        // And one of 15,000 tokens' work: the end of 30,000.
        cost.onUndisturbedPrefill(30_000, 10_000, 1);
        assertThat(cost.secondsPerToken(0)).isEqualTo(6.202334502145077e-5, CLOSE);
        assertThat(cost.secondsBefore()).isEqualTo(0.06203405723560792, CLOSE);
    }

    @Test
    void aTokenCostsNoMoreThanTheMeanAndThenNothingIsWaitedForBefore() {
        // Of 11,000 tokens' work; the line alone would be steeper and begin below zero.
        cost.onUndisturbedPrefill(10_000, 10_000, 1.2);
        assertThat(cost.secondsPerToken(0)).isEqualTo(9.119172146264625e-5, CLOSE);
        assertThat(cost.secondsBefore()).isEqualTo(0, CLOSE);
    }

    @Test
    void aTokenCostsATenthOfTheMeanAtLeast() {
        // The line alone would fall.
        cost.onUndisturbedPrefill(20_000, 20_000, 0.1);
        assertThat(cost.secondsPerToken(0)).isEqualTo(0.1 * 1.983288039858258e-5, CLOSE);
    }

    @Test
    void anAccidentCountsAsFourTimesWhatWasExpected() {
        cost.onUndisturbedPrefill(10_000, 10_000, 60);
        RecomputeCost four = new RecomputeCost();
        four.onUndisturbedPrefill(10_000, 10_000, 4 * 11_000 / 15_000.0);
        assertThat(cost.secondsPerToken(0)).isEqualTo(four.secondsPerToken(0), CLOSE);
        assertThat(cost.secondsBefore()).isEqualTo(four.secondsBefore(), CLOSE);
    }

    @Test
    void theLengthOfTheAnswerIsTheSecondVariable() {
        cost.onUndisturbedAnswer(10_000, 10_000, 100, 2);
        assertThat(cost.secondsPerToken(0)).isEqualTo(1 / 15_000.0, CLOSE);
        // Of 6,750 tokens' work.
        cost.onUndisturbedAnswer(20_000, 5_000, 300, 5);
        assertThat(cost.secondsPerToken(0)).isEqualTo(4.781342048266951e-5, CLOSE);
        assertThat(cost.secondsBefore()).isEqualTo(0.04281313228529629, CLOSE);
    }

    @Test
    void anAccidentOfAnAnswerCountsAsFourTimesWhatItsLengthLetExpect() {
        cost.onUndisturbedAnswer(10_000, 10_000, 100, 2);
        cost.onUndisturbedAnswer(20_000, 5_000, 300, 600);
        RecomputeCost four = new RecomputeCost();
        four.onUndisturbedAnswer(10_000, 10_000, 100, 2);
        // 0.45 s for the prompt, and 1.2667 s for a hundred tokens.
        four.onUndisturbedAnswer(20_000, 5_000, 300, 4 * 4.25);
        assertThat(cost.secondsPerToken(0)).isEqualTo(four.secondsPerToken(0), CLOSE);
        assertThat(cost.secondsBefore()).isEqualTo(four.secondsBefore(), CLOSE);
    }

    @Test
    void theFirstAnswerIsNoAccidentHoweverLongItTook() {
        // All of what its prompt does not explain is put down to its hundred tokens.
        cost.onUndisturbedAnswer(10_000, 10_000, 100, 10);
        assertThat(cost.secondsPerToken(0)).isEqualTo(1 / 15_000.0, CLOSE);
        assertThat(cost.secondsBefore()).isEqualTo(0, CLOSE);
    }

    @Test
    void anAnswerWithoutWorkTellsNothing() {
        cost.onUndisturbedAnswer(10_000, 0, 100, 5);
        cost.onUndisturbedAnswer(10_000, 10_000, 100, 0);
        assertThat(cost.secondsPerToken(0)).isEqualTo(1 / 15_000.0, CLOSE);
        assertThat(cost.secondsBefore()).isEqualTo(0, CLOSE);
    }
}
