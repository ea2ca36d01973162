package dev.sluice.control;

import static dev.sluice.control.EngineSample.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EngineSampleTest {

    @Test
    void theHitRatioIsThatOfTheTokensLookedUpInBetween() {
        assertThat(lookedUp(1_500, 300).hitRatioSince(lookedUp(1_000, 200))).isEqualTo(0.2);
        assertThat(lookedUp(1_500, 200).hitRatioSince(lookedUp(1_000, 200))).isZero();
        assertThat(lookedUp(500, 100).hitRatioSince(lookedUp(0, 0))).isEqualTo(0.2);
        // Two counters of one page may be read a moment apart.
        assertThat(lookedUp(1_500, 900).hitRatioSince(lookedUp(1_000, 200))).isEqualTo(1);
    }

    @Test
    void anAllColdStartIsARatioOfNothing() {
        assertThat(lookedUp(500, 0).hitRatioSince(lookedUp(0, 0))).isZero();
    }

    @Test
    void withoutLookupsOrCountersOrAfterARestartThereIsNoRatio() {
        assertThat(lookedUp(1_000, 200).hitRatioSince(lookedUp(1_000, 200))).isNaN();
        assertThat(lookedUp(500, 300).hitRatioSince(lookedUp(1_000, 200))).isNaN();
        assertThat(lookedUp(1_500, 100).hitRatioSince(lookedUp(1_000, 200))).isNaN();
        assertThat(lookedUp(1_500, 300).hitRatioSince(lookedUp(UNKNOWN, 200))).isNaN();
        assertThat(lookedUp(1_500, 300).hitRatioSince(lookedUp(1_000, UNKNOWN))).isNaN();
        assertThat(lookedUp(1_500, UNKNOWN).hitRatioSince(lookedUp(1_000, UNKNOWN)))
                .isNaN();
    }

    private static EngineSample lookedUp(long queries, long hits) {
        return Samples.sample(0, 1_000, 0, queries, hits);
    }

    @Test
    void aCounterThatFallsTellsOfALostCache() {
        EngineSample before = counters(10, 20, 30, false);
        assertThat(counters(10, 20, 30, false).isCacheLostSince(before)).isFalse();
        assertThat(counters(9, 20, 30, false).isCacheLostSince(before)).isTrue();
        assertThat(counters(10, 19, 30, false).isCacheLostSince(before)).isTrue();
        assertThat(counters(10, 20, 29, false).isCacheLostSince(before)).isTrue();
        assertThat(counters(0, 20, 30, false).isCacheLostSince(before)).isTrue();
    }

    @Test
    void aCounterThatIsNoLongerToldDoesNot() {
        assertThat(counters(UNKNOWN, UNKNOWN, UNKNOWN, false).isCacheLostSince(counters(10, 20, 30, false)))
                .isFalse();
    }

    @Test
    void anEngineThatFellAsleepHasLostItsCacheOnce() {
        EngineSample awake = counters(10, 20, 30, false);
        EngineSample asleep = counters(10, 20, 30, true);
        assertThat(asleep.isCacheLostSince(awake)).isTrue();
        assertThat(asleep.isCacheLostSince(asleep)).isFalse();
        assertThat(awake.isCacheLostSince(asleep)).isFalse();
    }

    private static EngineSample counters(long generated, long prompted, long progress, boolean asleep) {
        return new EngineSample(
                0, UNKNOWN, "", 0, 0, 0, UNKNOWN, UNKNOWN, prompted, generated, UNKNOWN, progress, asleep, 1);
    }

    @Test
    void aReadingThatBroughtNothingNewIsTheSameLater() {
        EngineSample sample = new EngineSample(1, 2, "page", 0.3, 4, 5, 6, 7, 8, 9, 10, 11, true, 12);
        assertThat(sample.again(100))
                .isEqualTo(new EngineSample(100, 2, "page", 0.3, 4, 5, 6, 7, 8, 9, 10, 11, true, 12));
    }

    @Test
    void aSignalIsEitherASampleOrASilence() {
        EngineSignal silence = new EngineSilence(0, "timed_out");
        assertThat(silence.<String>match(sample -> "sample", none -> "silence")).isEqualTo("silence");
        EngineSignal sample = lookedUp(0, 0);
        assertThat(sample.<String>match(some -> "sample", none -> "silence")).isEqualTo("sample");
    }
}
