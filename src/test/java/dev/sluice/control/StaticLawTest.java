package dev.sluice.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void wantsExactlyOneLimit() {
        assertThatThrownBy(() -> new StaticLaw(new LawConfig.Static(4, 5_000)))
                .hasMessage("static: agents=4 tokens=5000 (expected: exactly one of them above 0)");
        assertThatThrownBy(() -> new StaticLaw(new LawConfig.Static(0, 0)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
