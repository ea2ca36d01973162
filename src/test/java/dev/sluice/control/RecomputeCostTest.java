package dev.sluice.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class RecomputeCostTest {

    private static final double SECONDS_PER_TOKEN = 20e-6;
    private static final double SECONDS_BEFORE = 0.05;

    private final RecomputeCost cost = new RecomputeCost();

    /** Prompts whose end of that many tokens is uncached, on an engine with the costs above. */
    private void seePrompts(int times, long... uncachedTokens) {
        RecomputeCost line = new RecomputeCost();
        for (int time = 0; time < times; time++) {
            for (long tokens : uncachedTokens) {
                double work = line.seconds(tokens, tokens) / line.secondsPerToken(0);
                cost.onUndisturbedPrefill(tokens, tokens, SECONDS_BEFORE + SECONDS_PER_TOKEN * work);
            }
        }
    }

    @Test
    void answersThatAreNotStreamedTellWhatTheirPromptsCostToo() {
        Random chance = new Random(1);
        RecomputeCost line = new RecomputeCost();
        for (int i = 0; i < 300; i++) {
            long prompt = 300 + chance.nextInt(20_000);
            long output = 20 + chance.nextInt(600);
            double work = line.seconds(prompt, prompt) / line.secondsPerToken(0);
            cost.onUndisturbedAnswer(prompt, prompt, output, SECONDS_BEFORE + SECONDS_PER_TOKEN * work + 0.02 * output);
        }
        assertThat(cost.secondsPerToken(0)).isCloseTo(SECONDS_PER_TOKEN, within(0.05 * SECONDS_PER_TOKEN));
        assertThat(cost.secondsBefore()).isCloseTo(SECONDS_BEFORE, within(0.05));
    }

    @Test
    void answersAllOfOneLengthAreAPartOfWhatEveryPromptWaitsFor() {
        for (int i = 0; i < 300; i++) {
            long prompt = 300 + 97 * (i % 200);
            cost.onUndisturbedAnswer(prompt, prompt, 100, 2 + SECONDS_PER_TOKEN * prompt);
        }
        assertThat(cost.secondsPerToken(0)).isBetween(0.5 * SECONDS_PER_TOKEN, 1.5 * SECONDS_PER_TOKEN);
    }

    @Test
    void whatEveryPromptWaitsForIsNoCostOfItsTokens() {
        seePrompts(200, 300, 1_000, 20_000);
        assertThat(cost.secondsPerToken(0)).isCloseTo(SECONDS_PER_TOKEN, within(0.05 * SECONDS_PER_TOKEN));
    }

    @Test
    void promptsThatAreAllShortDoNotMakeTokensDear() {
        seePrompts(200, 300, 600, 1_200);
        assertThat(cost.secondsPerToken(0)).isCloseTo(SECONDS_PER_TOKEN, within(0.05 * SECONDS_PER_TOKEN));
    }

    @Test
    void promptsOfOneSizeTellTheMeanAtMost() {
        seePrompts(500, 1_000);
        double mean = SECONDS_PER_TOKEN + SECONDS_BEFORE / 1_000;
        assertThat(cost.secondsPerToken(0)).isBetween(0.1 * mean, mean);
    }

    @Test
    void aPromptTakesAtMostWhatAllTimesTogetherSay() {
        assertThat(new RecomputeCost().secondsAtMost(RecomputeCost.work(50_000)))
                .isCloseTo(5, within(1e-9));
    }

    @Test
    void answersThatSeemToExplainAllTheTimeLeaveTheirPromptsSome() {
        RecomputeCost cost = new RecomputeCost();
        for (int answer = 0; answer < 200; answer++) {
            // The longer the prompt, the shorter the whole took.
            cost.onUndisturbedAnswer(
                    1_000 + 1_000 * (answer % 3),
                    1_000 + 1_000 * (answer % 3),
                    answer % 7 * 100,
                    20 - 4 * (answer % 3) + answer % 7);
        }
        assertThat(cost.secondsPerToken(0)).isPositive();
    }

    @Test
    void oneAccidentChangesLittle() {
        seePrompts(200, 300, 1_000, 20_000);
        cost.onUndisturbedPrefill(20_000, 20_000, 600);
        assertThat(cost.secondsPerToken(0)).isLessThan(2 * SECONDS_PER_TOKEN);
    }

    @Test
    void timesThatCannotBeAreIgnored() {
        double before = cost.secondsPerToken(0);
        cost.onUndisturbedPrefill(10_000, 0, 5);
        cost.onUndisturbedPrefill(10_000, 10_000, 0);
        assertThat(cost.secondsPerToken(0)).isEqualTo(before);
    }

    @Test
    void theEndOfALongContextCostsMorePerToken() {
        assertThat(cost.secondsPerToken(50_000)).isCloseTo(2 * cost.secondsPerToken(0), within(1e-12));
    }
}
