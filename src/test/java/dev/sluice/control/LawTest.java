package dev.sluice.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.LawConfig;
import dev.sluice.config.PoolConfig;
import org.junit.jupiter.api.Test;

/** What each law limits, and what it leaves without a limit. */
final class LawTest {

    @Test
    void eachLawIsNamedAsInTheConfiguration() {
        for (LawConfig.Name name : LawConfig.Name.values()) {
            assertThat(law(name).name()).isEqualTo(name);
        }
    }

    @Test
    void offLimitsNothing() {
        Law off = law(LawConfig.Name.OFF);
        assertThat(off.budgetTokens()).isInfinite();
        assertThat(off.windowAgents()).isEqualTo(Law.UNLIMITED_AGENTS);
        assertThat(off.onSignal(Samples.sample(0, 1_000, 0.9, 0, 0))).isNull();
    }

    @Test
    void concurLimitsAgentsOnly() {
        assertThat(law(LawConfig.Name.CONCUR).budgetTokens()).isInfinite();
        assertThat(law(LawConfig.Name.CONCUR).windowAgents()).isEqualTo(8);
    }

    @Test
    void theWorkingSetLimitsTokensOnly() {
        WorkingSetLaw law = (WorkingSetLaw) law(LawConfig.Name.WORKING_SET);
        assertThat(law.windowAgents()).isEqualTo(Law.UNLIMITED_AGENTS);
        assertThat(law.budgetTokens()).isEqualTo(95_000);
        assertThat(law.doorTokens()).isEqualTo(0.9 * 95_000);
        assertThat(law.priceOfRoom()).isEqualTo(8 / 100_000.0);
    }

    private static Law law(LawConfig.Name name) {
        LawConfig config =
                new LawConfig(name, LawConfig.WorkingSet.DEFAULT, LawConfig.Concur.DEFAULT, LawConfig.Static.DEFAULT);
        return Law.of(config, new PoolSize(new PoolConfig(100_000)));
    }
}
