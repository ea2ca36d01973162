package dev.sluice.admission;

import dev.sluice.config.Mode;
import dev.sluice.config.SluiceConfig;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Why a step that arrives may not even wait. Confined to the gate loop. */
final class RefusalAtOnce {

    private final Supplier<SluiceConfig> config;
    private final ContextCeiling ceiling;
    private final TenantBudgets budgets;
    private final WaitEstimate estimate;
    private final WaitQueue queue;

    RefusalAtOnce(
            Supplier<SluiceConfig> config,
            ContextCeiling ceiling,
            TenantBudgets budgets,
            WaitEstimate estimate,
            WaitQueue queue) {
        this.config = config;
        this.ceiling = ceiling;
        this.budgets = budgets;
        this.estimate = estimate;
        this.queue = queue;
    }

    /** The refusal; null if the step may wait. */
    @Nullable
    Refusal refusal(Step step, Mode mode, boolean draining, long nowNanos) {
        Agent agent = step.agent;
        int mostRetries = config.get().clients().retriesPerMinute();
        boolean storms = step.arrival.again() && agent.retries.isOneTooMany(mostRetries, nowNanos);
        ContextUse over = mode == Mode.ENFORCE ? ceiling.exceeded(step) : null;
        if (draining || over != null) {
            Ending ending = draining ? Ending.DRAINING : Ending.CONTEXT_LIMIT;
            return new Refusal(ending, estimate.retryAfterNanos(agent, queue.size()), over, null);
        }
        if (mode == Mode.ENFORCE && budgets.isSpent(agent.tenant, nowNanos)) {
            return new Refusal(Ending.BUDGET_SPENT, budgets.retryAfterNanos(agent.tenant, nowNanos));
        }
        return storms && mode == Mode.ENFORCE
                ? new Refusal(Ending.RETRY_STORM, agent.retries.retryAfterNanos(nowNanos))
                : null;
    }
}
