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

    @Test
    void aMeasuredPoolIsToldOnceItHasChangedByATwentieth() {
        PoolSize pool = new PoolSize(new PoolConfig(100_000));
        // To 115,002, beyond what is believed of the size told.
        pool.onReturn(126_004, 4_000, 4_000, true, 0);
        assertThat(pool.onMeasured()).isEqualTo(new BudgetChange("pool_measured", 100_000, 115_002, "tokens"));
        // To 120,752: 5,750 more, where 5,750.1 would be a twentieth.
        pool.onReturn(122_502, 4_000, 4_000, true, 0);
        assertThat(pool.tokens()).isEqualTo(120_752);
        assertThat(pool.onMeasured()).isNull();
        pool.onReturn(116_754, 4_000, 4_000, true, 0);
        assertThat(pool.onMeasured()).isEqualTo(new BudgetChange("pool_measured", 115_002, 120_753, "tokens"));
    }

    @Test
    void thePoolIsMeasuredByTimeToo() {
        PoolSize pool = new PoolSize(new PoolConfig(100_000));
        pool.onReturn(122_000, 4_000, 4_000, true, 0);
        pool.onTick(true, 0);
        for (int find = 0; find < 30; find++) {
            pool.onReturn(66_000, 4_000, 4_000, true, 0);
        }
        assertThat(pool.tokens()).isEqualTo(100_000);
        pool.onTick(true, 120_000_000_000L);
        // 113,000 · 1.02
        assertThat(pool.tokens()).isEqualTo(115_260);
    }

    @Test
    void aPageThatTellsTheSameSizeAgainOrNoneIsNoNews() {
        PoolSize pool = new PoolSize(new PoolConfig(0));
        assertThat(pool.onSample(Samples.sample(0, 0, 0, 0, 0))).isNull();
        assertThat(pool.onSample(Samples.sample(0, 1_000, 0, 0, 0))).isNotNull();
        assertThat(pool.onSample(Samples.sample(1, 1_000, 0, 0, 0))).isNull();
        assertThat(pool.onSample(Samples.sample(2, 0, 0, 0, 0))).isNull();
        assertThat(pool.tokens()).isEqualTo(1_000);
    }
}
