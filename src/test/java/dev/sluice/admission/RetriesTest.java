package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ClientsConfig;
import org.junit.jupiter.api.Test;

/** Agents that ask the same again and again. */
final class RetriesTest {

    private static final int MOST = ClientsConfig.DEFAULT.retriesPerMinute();

    private final GateBench bench = new GateBench(GateBench.config(GateBench.workingSet(), 100_000));

    private void again(String agent) {
        bench.arrive(Arrivals.started(agent, 400).asAgain());
    }

    @Test
    void aStormIsRefusedUntilItsMinuteIsOver() {
        for (int ask = 0; ask < MOST; ask++) {
            again("a");
            bench.end("a", Ending.ENGINE_DIED, Usage.NONE);
        }
        assertThat(bench.verdicts()).hasSize(MOST).containsOnly("forward a");
        again("a");
        assertThat(bench.verdicts()).containsExactly("retry_storm a");
        assertThat(bench.at(59).verdicts()).isEmpty();
        again("a");
        assertThat(bench.verdicts()).containsExactly("retry_storm a");
        bench.at(60);
        again("a");
        assertThat(bench.verdicts()).containsExactly("forward a");
        assertThat(bench.snapshot().permits()).isEqualTo(1);
    }

    @Test
    void otherAgentsAndNewStepsAreNotBoundByIt() {
        for (int ask = 0; ask <= MOST; ask++) {
            again("a");
            bench.end("a", Ending.ENGINE_DIED, Usage.NONE);
        }
        bench.verdicts();
        again("b");
        bench.started("a", 100);
        assertThat(bench.verdicts()).containsExactly("forward b", "forward a");
    }

    @Test
    void theTimeToldIsThatOfTheNextMinute() {
        Retries retries = new Retries();
        assertThat(retries.isOneTooMany(1, 5 * SECOND)).isFalse();
        assertThat(retries.isOneTooMany(1, 25 * SECOND)).isTrue();
        assertThat(retries.retryAfterNanos(25 * SECOND)).isEqualTo(40 * SECOND);
        assertThat(retries.isOneTooMany(1, 65 * SECOND)).isFalse();
        assertThat(retries.isOneTooMany(0, 66 * SECOND)).isFalse();
    }
}
