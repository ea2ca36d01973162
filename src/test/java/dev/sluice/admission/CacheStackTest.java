package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.Mode;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.Samples;
import org.junit.jupiter.api.Test;

/** What returning agents tell of the pool. */
final class CacheStackTest {

    private static final long POOL = 100_000;

    private final GateBench bench = new GateBench(GateBench.config(GateBench.workingSet(), POOL));

    @Test
    void whatIsLostWhereOthersFitSoonTellsASmallerPool() {
        assertThat(poolAfterLosses(false)).isLessThan(POOL * 4 / 5);
    }

    @Test
    void whatARestartHasTakenTellsNothingOfThePool() {
        assertThat(poolAfterLosses(true)).isEqualTo(POOL);
    }

    @Test
    void whatIsFoundDeeperThanThePoolTellsALargerOne() {
        assertThat(poolAfterFinds(2)).isGreaterThan(POOL * 6 / 5);
    }

    /** They may have ended in any order: the first to be heard of may lie above all others. */
    @Test
    void whatEndedTogetherTellsNothingOfItsDepth() {
        assertThat(poolAfterFinds(0.01)).isEqualTo(POOL);
    }

    /** Twenty agents hold twice the pool and find their prefixes each time; their steps go together and end so far apart. */
    private static long poolAfterFinds(double secondsApart) {
        GateBench open =
                new GateBench(GateBench.config(GateBench.workingSet(), POOL, Mode.OFF, SluiceConfig.DEFAULT.queue()));
        open.controller.onSignal(Samples.progress(0, POOL, 1_000), 0);
        for (int visit = 0; visit < 3; visit++) {
            open.at(600 * visit);
            int prompt = 10_000 + 100 * visit;
            for (int agent = 0; agent < 20; agent++) {
                open.started("a" + agent, prompt);
            }
            for (int agent = 0; agent < 20; agent++) {
                open.at(600 * visit + 30 + secondsApart * agent).firstToken("a" + agent);
                open.answered("a" + agent, prompt, visit == 0 ? 0 : prompt - 90, Finish.TOOL_CALL);
            }
        }
        return open.snapshot().poolTokens();
    }

    /** Twenty agents find their prefixes; minutes later none does. */
    private long poolAfterLosses(boolean restarted) {
        bench.controller.onSignal(Samples.progress(0, POOL, 1_000), 0);
        for (int visit = 0; visit < 3; visit++) {
            int prompt = 1_000 + 100 * visit;
            for (int agent = 0; agent < 20; agent++) {
                bench.at(600 * visit + agent).started("a" + agent, prompt).firstToken("a" + agent);
                bench.answered("a" + agent, prompt, visit == 1 ? 1_010 : 0, Finish.TOOL_CALL);
            }
            if (visit == 1 && restarted) {
                bench.controller.onSignal(Samples.progress(bench.nowNanos, POOL, 10), bench.nowNanos);
            }
        }
        return bench.snapshot().poolTokens();
    }
}
