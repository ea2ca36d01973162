package dev.sluice.admission;

import static dev.sluice.control.EngineSample.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.SignalsConfig;
import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSilence;
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

    private static EngineSample progress(long second, long progress) {
        return new EngineSample(
                second * SECOND, UNKNOWN, "", 0, 0, 0, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, progress, false, 1);
    }
}
