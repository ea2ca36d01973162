package dev.sluice.admission;

import static dev.sluice.control.EngineSample.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.SignalsConfig;
import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSilence;
import dev.sluice.control.Samples;
import org.junit.jupiter.api.Test;

final class SignalWatchTest {

    private static final long SECOND = 1_000_000_000L;
    private static final boolean IDLE = true;
    private static final boolean WORKING = false;

    private final SignalWatch watch = new SignalWatch(SignalsConfig.DEFAULT);

    @Test
    void aPageThatStaysTheSameWhileTheEngineShouldWorkIsStale() {
        watch.onSignal(progress(0, 7), WORKING);
        watch.onSignal(progress(10, 7), WORKING);
        assertThat(watch.view(10 * SECOND).fresh()).isTrue();

        watch.onSignal(progress(11, 7), WORKING);
        assertThat(watch.view(11 * SECOND).fresh()).isFalse();

        watch.onSignal(progress(12, 8), WORKING);
        assertThat(watch.view(12 * SECOND).fresh()).isTrue();
    }

    @Test
    void anIdleEngineNeedNotMove() {
        watch.onSignal(progress(0, 7), WORKING);
        watch.onSignal(progress(20, 7), IDLE);
        watch.onSignal(progress(25, 7), WORKING);

        assertThat(watch.view(25 * SECOND).fresh()).isTrue();
    }

    @Test
    void anEngineThatTellsOnlyOfWhatHasEndedNeedNotMove() {
        watch.onSignal(progress(0, UNKNOWN), WORKING);
        watch.onSignal(progress(100, UNKNOWN), WORKING);

        assertThat(watch.view(100 * SECOND).fresh()).isTrue();
    }

    @Test
    void aSilenceAgesWhatWasHeard() {
        watch.onSignal(progress(0, 7), IDLE);
        watch.onSignal(new EngineSilence(SECOND, "timed_out"), IDLE);

        assertThat(watch.view(SECOND)).isEqualTo(new Snapshot.Signals(true, SECOND, 1));
        assertThat(watch.view(11 * SECOND).fresh()).isFalse();
    }

    @Test
    void aCounterThatFellIsALostCache() {
        watch.onSignal(progress(0, 7), WORKING);

        assertThat(watch.isCacheLost(progress(1, 7))).isFalse();
        assertThat(watch.isCacheLost(progress(1, 3))).isTrue();
        assertThat(watch.isCacheLost(progress(1, UNKNOWN))).isFalse();
    }

    @Test
    void beforeTheFirstPageNothingIsKnown() {
        assertThat(watch.view(SECOND)).isEqualTo(new Snapshot.Signals(false, -1, 0));
        assertThat(watch.kvUsageRatio()).isNaN();
        assertThat(watch.hitRatio()).isNaN();
        assertThat(watch.isCacheLost(progress(0, 7))).isFalse();
    }

    @Test
    void aPageEndsTheFailures() {
        watch.onSignal(new EngineSilence(0, "timed_out"), IDLE);
        watch.onSignal(progress(1, 7), IDLE);
        assertThat(watch.view(SECOND)).isEqualTo(new Snapshot.Signals(true, 0, 0));
        assertThat(watch.view(0).ageNanos()).isZero();
    }

    @Test
    void theFirstPageAndOneThatTellsNothingOfProgressAreAFreshBeginning() {
        watch.onSignal(progress(100, 7), WORKING);
        assertThat(watch.view(100 * SECOND).fresh()).isTrue();
        watch.onSignal(progress(120, UNKNOWN), WORKING);
        watch.onSignal(progress(130, UNKNOWN), WORKING);
        assertThat(watch.view(130 * SECOND).fresh()).isTrue();
        watch.onSignal(progress(140, 0), WORKING);
        watch.onSignal(progress(151, 0), WORKING);
        assertThat(watch.view(151 * SECOND).fresh()).isFalse();
    }

    @Test
    void thePageOfTheStaleBoundIsFresh() {
        watch.onSignal(progress(0, 7), IDLE);
        assertThat(watch.view(10 * SECOND).fresh()).isTrue();
        assertThat(watch.view(10 * SECOND + 1).fresh()).isFalse();
    }

    @Test
    void theEnginesOwnGaugeIsThatOfTheLastPage() {
        watch.onSignal(Samples.sample(0, 1_000, 0.4, 0, 0), IDLE);
        watch.onSignal(Samples.sample(SECOND, 1_000, 0.7, 0, 0), IDLE);
        assertThat(watch.kvUsageRatio()).isEqualTo(0.7);
    }

    @Test
    void theHitRatioIsThatOfTheLastWindowOfTenSeconds() {
        lookedUp(50, 1_000, 100);
        lookedUp(55, 2_000, 1_100);
        lookedUp(59.9, 3_000, 2_100);
        assertThat(watch.hitRatio()).isNaN();
        lookedUp(60, 3_000, 1_100);
        assertThat(watch.hitRatio()).isEqualTo(0.5);
        lookedUp(69, 9_000, 7_100);
        assertThat(watch.hitRatio()).isEqualTo(0.5);
        lookedUp(70, 4_000, 1_200);
        assertThat(watch.hitRatio()).isEqualTo(0.1);
    }

    @Test
    void aWindowWithoutLookupsKeepsTheRatioOfTheOneBefore() {
        lookedUp(0, 1_000, 100);
        lookedUp(10, 2_000, 600);
        lookedUp(20, 2_000, 600);
        assertThat(watch.hitRatio()).isEqualTo(0.5);
    }

    @Test
    void aRestartBeginsTheWindowAnew() {
        watch.onSignal(restarting(0, 1_000, 100, 50), IDLE);
        watch.onSignal(restarting(9, 50, 10, 1), IDLE);
        watch.onSignal(restarting(18, 150, 110, 2), IDLE);
        assertThat(watch.hitRatio()).isNaN();
        watch.onSignal(restarting(19, 150, 35, 3), IDLE);
        assertThat(watch.hitRatio()).isEqualTo(0.25);
    }

    private void lookedUp(double second, long queries, long hits) {
        watch.onSignal(Samples.sample((long) (second * SECOND), 1_000, 0, queries, hits), IDLE);
    }

    private static EngineSample restarting(long second, long queries, long hits, long generated) {
        return new EngineSample(
                second * SECOND, UNKNOWN, "", 0, 0, 0, queries, hits, UNKNOWN, generated, UNKNOWN, UNKNOWN, false, 1);
    }

    private static EngineSample progress(long second, long progress) {
        return new EngineSample(
                second * SECOND, UNKNOWN, "", 0, 0, 0, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, progress, false, 1);
    }
}
