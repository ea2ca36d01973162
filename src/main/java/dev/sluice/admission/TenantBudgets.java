package dev.sluice.admission;

import dev.sluice.config.TenantsConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the engine has computed for each tenant that has a budget, within a window that begins with its first answer: prompt tokens that
 * were not cached, and tokens of answers. A step is refused once the budget is spent; those that run then come on top.
 * Confined to the gate loop.
 */
final class TenantBudgets {

    /** Clients are not told to wait for longer. */
    private static final long LONGEST_RETRY_NANOS = Duration.ofSeconds(60).toNanos();

    private static final long LEAST_RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private static final class Window {
        final long beganNanos;
        long tokens;

        Window(long beganNanos) {
            this.beganNanos = beganNanos;
        }
    }

    private final Supplier<TenantsConfig> config;
    // Only of tenants with a budget, which the configuration bounds.
    private final Map<String, Window> windows = new HashMap<>();

    TenantBudgets(Supplier<TenantsConfig> config) {
        this.config = config;
    }

    boolean isSpent(String tenant, long nowNanos) {
        Long budget = config.get().tokenBudgets().get(tenant);
        Window window = windows.get(tenant);
        return budget != null && window != null && leftNanos(window, nowNanos) > 0 && window.tokens >= budget;
    }

    /** Until the tenant's window ends, at least a second; no longer than a client is to wait. */
    long retryAfterNanos(String tenant, long nowNanos) {
        Window window = windows.get(tenant);
        long leftNanos = window == null ? 0 : leftNanos(window, nowNanos);
        return Math.max(LEAST_RETRY_NANOS, Math.min(LONGEST_RETRY_NANOS, leftNanos));
    }

    private long leftNanos(Window window, long nowNanos) {
        return window.beganNanos + config.get().budgetWindow().toNanos() - nowNanos;
    }

    /** An answer is over; what does not tell its size is not counted. */
    void onAnswer(String tenant, Usage usage, long nowNanos) {
        if (!usage.tellsContext()) {
            return;
        }
        if (!config.get().tokenBudgets().containsKey(tenant)) {
            windows.remove(tenant);
            return;
        }
        Window window = windows.get(tenant);
        if (window == null || leftNanos(window, nowNanos) <= 0) {
            window = new Window(nowNanos);
            windows.put(tenant, window);
        }
        window.tokens += usage.contextTokens() - Math.max(0, usage.cachedTokens());
    }
}
