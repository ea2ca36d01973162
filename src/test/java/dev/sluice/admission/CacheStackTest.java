package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

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
