package dev.sluice.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.PoolConfig;
import org.junit.jupiter.api.Test;

final class PoolSizeTest {

    @Test
    void isUnknownUntilTheEngineTellsIt() {
        PoolSize pool = new PoolSize(new PoolConfig(0));
        assertThat(pool.isKnown()).isFalse();
        assertThat(pool.source()).isEqualTo("unknown");

        assertThat(pool.onSample(Samples.sample(0, 26_624, 0, 0, 0)))
                .isEqualTo(new BudgetChange("pool_told", 0, 26_624, "tokens"));
        assertThat(pool.tokens()).isEqualTo(26_624);
        assertThat(pool.source()).isEqualTo("cache_config_info");
    }

    @Test
    void aPageThatStopsTellingChangesNothing() {
        PoolSize pool = new PoolSize(new PoolConfig(0));
        pool.onSample(Samples.sample(0, 26_624, 0, 0, 0));
        assertThat(pool.onSample(Samples.sample(1, EngineSample.UNKNOWN, 0, 0, 0)))
                .isNull();
        assertThat(pool.tokens()).isEqualTo(26_624);
    }

    @Test
    void aConfiguredSizeIsNotOverruledByThePage() {
        PoolSize pool = new PoolSize(new PoolConfig(10_000));
        assertThat(pool.onSample(Samples.sample(0, 26_624, 0, 0, 0))).isNull();
        assertThat(pool.tokens()).isEqualTo(10_000);
        assertThat(pool.source()).isEqualTo("configured");
    }

    @Test
    void whatTheCacheGivesBackOverrulesWhatWasTold() {
        PoolSize pool = new PoolSize(new PoolConfig(10_000));
        for (int time = 0; time < 50; time++) {
            pool.onReturn(19_000, 1_000, 1_000, true, time);
        }
        assertThat(pool.tokens()).isBetween(19_500L, 20_000L);
        assertThat(pool.source()).isEqualTo("measured");
        assertThat(pool.onSample(Samples.sample(0, 26_624, 0, 0, 0))).isNull();
        assertThat(pool.onMeasured()).isEqualTo(new BudgetChange("pool_measured", 10_000, pool.tokens(), "tokens"));
        assertThat(pool.onMeasured()).isNull();
    }

    @Test
    void aPoolThatNobodyTellsIsMeasured() {
        PoolSize pool = new PoolSize(new PoolConfig(0));
        for (int time = 0; time < 4; time++) {
            pool.onReturn(19_000, 1_000, 1_000, true, time);
            pool.onReturn(23_000, 1_000, 0, true, time);
        }
        assertThat(pool.isKnown()).isFalse();
        assertThat(pool.tokens()).isZero();
        pool.onReturn(23_000, 1_000, 0, true, 4);
        assertThat(pool.isKnown()).isTrue();
        assertThat(pool.tokens()).isEqualTo(23_000);
        assertThat(pool.source()).isEqualTo("measured");
    }
}
