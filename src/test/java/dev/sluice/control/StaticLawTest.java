package dev.sluice.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.LawConfig;
import org.junit.jupiter.api.Test;

final class StaticLawTest {

    @Test
    void limitsAgentsOrTokens() {
        StaticLaw agents = new StaticLaw(new LawConfig.Static(4, 0));
        assertThat(agents.windowAgents()).isEqualTo(4);
        assertThat(agents.budgetTokens()).isInfinite();

        StaticLaw tokens = new StaticLaw(new LawConfig.Static(0, 5_000));
        assertThat(tokens.windowAgents()).isEqualTo(Law.UNLIMITED_AGENTS);
        assertThat(tokens.budgetTokens()).isEqualTo(5_000);
    }

    @Test
    void bothLimitsHoldTogetherAndFollowTheConfiguration() {
        StaticLaw law = new StaticLaw(new LawConfig.Static(4, 5_000));
        assertThat(law.windowAgents()).isEqualTo(4);
        assertThat(law.budgetTokens()).isEqualTo(5_000);

        LawConfig base = LawConfig.DEFAULT;
        law.configure(new LawConfig(base.name(), base.workingSet(), base.concur(), new LawConfig.Static(6, 0)));
        assertThat(law.windowAgents()).isEqualTo(6);
        assertThat(law.budgetTokens()).isInfinite();
    }
}
