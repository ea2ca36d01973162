package dev.sluice.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.LawConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConcurLawTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final ConcurLaw law = new ConcurLaw(new LawConfig.Concur(Duration.ofSeconds(5), 8, 10));
    private long nowNanos;
    private long queries;
    private long hits;

    @Test
    void lowUsageGrowsTheWindowByTwoUpToItsEnd() {
        look(0.1, 0.5);
        assertThat(look(0.1, 0.5)).isEqualTo(new BudgetChange("usage_low", 8, 10, "agents"));
        assertThat(look(0.1, 0.5)).isNull();
        assertThat(law.windowAgents()).isEqualTo(10);
    }

    @Test
    void highUsageWithoutHitsHalvesTheWindowDownToOne() {
        look(0.6, 0.1);
        for (int expected : new int[] {4, 2, 1, 1}) {
            look(0.6, 0.1);
            assertThat(law.windowAgents()).isEqualTo(expected);
        }
    }

    @Test
    void holdsBetweenTheThresholds() {
        look(0.6, 0.2);
        assertThat(look(0.6, 0.2)).isNull();
        assertThat(look(0.5, 0.0)).isNull();
        assertThat(look(0.2, 0.0)).isNull();
        assertThat(law.windowAgents()).isEqualTo(8);
    }

    @Test
    void looksOncePerInterval() {
        sample(0.1, 100, 0);
        nowNanos += 4 * SECOND;
        assertThat(sample(0.1, 200, 0)).isNull();
        nowNanos += SECOND;
        assertThat(sample(0.1, 300, 0)).isNotNull();
        nowNanos += 4 * SECOND;
        assertThat(sample(0.1, 400, 0)).isNull();
    }

    @Test
    void anIntervalWithoutQueriesOrACounterThatFellSaysNothingOfHits() {
        sample(0.9, 1_000, 0);
        nowNanos += 5 * SECOND;
        assertThat(sample(0.9, 1_000, 0)).isNull();
        nowNanos += 5 * SECOND;
        assertThat(sample(0.9, 10, 0)).isNull();
        assertThat(law.windowAgents()).isEqualTo(8);
    }

    @Test
    void silenceHoldsTheWindow() {
        look(0.1, 0.5);
        assertThat(law.onSignal(new EngineSilence(nowNanos + 10 * SECOND, "timed_out")))
                .isNull();
        assertThat(law.windowAgents()).isEqualTo(8);
    }

    private @Nullable BudgetChange look(double usage, double hitRatio) {
        nowNanos += 5 * SECOND;
        queries += 1_000;
        hits += Math.round(1_000 * hitRatio);
        return sample(usage, queries, hits);
    }

    private @Nullable BudgetChange sample(double usage, long queryTokens, long hitTokens) {
        return law.onSignal(Samples.sample(nowNanos, 0, usage, queryTokens, hitTokens));
    }
}
