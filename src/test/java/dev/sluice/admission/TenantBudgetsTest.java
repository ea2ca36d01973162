package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.TenantsConfig;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A tenant is refused once what the engine computed for it in a window has reached its budget. */
final class TenantBudgetsTest {

    private static final long SECOND = 1_000_000_000L;

    private TenantsConfig config = config(1_000);
    private final TenantBudgets budgets = new TenantBudgets(() -> config);

    @Test
    void whatWasCachedIsFreeAndWhatIsSpentIsBackInTheNextWindow() {
        budgets.onAnswer("batch", usage(900, 200, 200), 0);
        assertThat(budgets.isSpent("batch", SECOND)).isFalse();
        budgets.onAnswer("batch", usage(90, Usage.UNKNOWN, 10), 10 * SECOND);
        assertThat(budgets.isSpent("batch", 11 * SECOND)).isTrue();
        assertThat(budgets.isSpent("batch", 3_600 * SECOND)).isFalse();
        budgets.onAnswer("batch", usage(10, 0, 10), 3_700 * SECOND);
        assertThat(budgets.isSpent("batch", 3_701 * SECOND)).isFalse();
    }

    @Test
    void whoHasNoBudgetIsNeverRefused() {
        budgets.onAnswer("support", usage(1_000_000, 0, 1), 0);
        assertThat(budgets.isSpent("support", 1)).isFalse();
        budgets.onAnswer("batch", usage(2_000, 0, 0), 0);
        config = config(5_000);
        assertThat(budgets.isSpent("batch", 1)).isFalse();
    }

    @Test
    void theRetryIsWhenTheWindowEndsWithinWhatClientsObey() {
        budgets.onAnswer("batch", usage(2_000, 0, 0), 0);
        assertThat(budgets.retryAfterNanos("batch", 0)).isEqualTo(60 * SECOND);
        assertThat(budgets.retryAfterNanos("batch", 3_570 * SECOND)).isEqualTo(30 * SECOND);
        assertThat(budgets.retryAfterNanos("batch", 3_600 * SECOND)).isEqualTo(SECOND);
    }

    private static TenantsConfig config(long tokens) {
        return new TenantsConfig("", false, Map.of(), Map.of("batch", tokens), Duration.ofHours(1));
    }

    private static Usage usage(long prompt, long cached, long completion) {
        return new Usage(prompt, cached, completion, Finish.UNKNOWN);
    }
}
