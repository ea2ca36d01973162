package dev.sluice.control;

import dev.sluice.config.PoolConfig;
import org.jspecify.annotations.Nullable;

/**
 * The engine's KV capacity in tokens, as far as it is known: configured, else told by the engine's metrics page. A page
 * that stops telling changes nothing. Confined to the gate loop.
 */
public final class PoolSize {

    private final boolean configured;
    private long tokens;
    private String source;

    public PoolSize(PoolConfig config) {
        this.configured = config.tokens() > 0;
        this.tokens = config.tokens();
        this.source = configured ? "configured" : "unknown";
    }

    /** Takes the capacity from a reading; the change in tokens, or null. */
    public @Nullable BudgetChange onSample(EngineSample sample) {
        if (configured || sample.poolTokens() <= 0 || sample.poolTokens() == tokens) {
            return null;
        }
        BudgetChange change = new BudgetChange("pool_told", tokens, sample.poolTokens(), "tokens");
        tokens = sample.poolTokens();
        source = sample.poolSource();
        return change;
    }

    public boolean isKnown() {
        return tokens > 0;
    }

    /** Capacity in tokens; 0 while unknown. */
    public long tokens() {
        return tokens;
    }

    /** {@code configured}, the metric family that told it, or {@code unknown}. */
    public String source() {
        return source;
    }
}
