package dev.sluice.control;

import dev.sluice.config.PoolConfig;
import org.jspecify.annotations.Nullable;

/**
 * The engine's KV capacity in tokens, as far as it is known: configured, else told by the engine's metrics page; and where
 * nobody tells, or what the cache gives back contradicts that, as measured ({@link PoolMeter}). A page that stops telling changes nothing.
 * Confined to the gate loop.
 */
public final class PoolSize {

    /** A measured size is announced when it has changed by so much. */
    private static final double ANNOUNCED_STEP = 0.05;

    private boolean configured;
    private final PoolMeter meter = new PoolMeter();
    private long told;
    private String toldBy;
    private long announced;

    public PoolSize(PoolConfig config) {
        this.configured = config.tokens() > 0;
        this.toldBy = configured ? "configured" : "unknown";
        tell(config.tokens());
    }

    /** From now on the size is configured as this, or no longer: then the last one holds until the engine tells its own. */
    public void configure(PoolConfig config) {
        configured = config.tokens() > 0;
        if (configured) {
            toldBy = "configured";
            tell(config.tokens());
        }
    }

    private void tell(long tokens) {
        told = tokens;
        announced = tokens;
        meter.onTold(tokens);
    }

    /** Takes the capacity from a reading; the change in tokens that is worth telling, or null. */
    public @Nullable BudgetChange onSample(EngineSample sample) {
        if (!configured && sample.poolTokens() > 0 && sample.poolTokens() != told) {
            BudgetChange change = new BudgetChange("pool_told", tokens(), sample.poolTokens(), "tokens");
            toldBy = sample.poolSource();
            tell(sample.poolTokens());
            return change;
        }
        return null;
    }

    /** The change by measuring since the last one that was told, in tokens, if it is worth telling; else null. */
    public @Nullable BudgetChange onMeasured() {
        if (Math.abs(tokens() - announced) <= ANNOUNCED_STEP * announced) {
            return null;
        }
        BudgetChange change = new BudgetChange("pool_measured", announced, tokens(), "tokens");
        announced = tokens();
        return change;
    }

    /** An agent came back; as of {@link PoolMeter#onReturn}. */
    public void onReturn(double distanceTokens, double ownTokens, double foundTokens, boolean stable, long nowNanos) {
        meter.onReturn(distanceTokens, ownTokens, foundTokens, stable, nowNanos);
    }

    /** Time has passed. */
    public void onTick(boolean stepsWait, long nowNanos) {
        meter.onTick(stepsWait, nowNanos);
    }

    public boolean isKnown() {
        return told > 0 || meter.contradicts();
    }

    /** Capacity in tokens; 0 while unknown. */
    public long tokens() {
        return meter.contradicts() ? Math.round(meter.tokens()) : told;
    }

    /** {@code configured}, the metric family that told it, {@code measured}, or {@code unknown}. */
    public String source() {
        return meter.contradicts() ? "measured" : toldBy;
    }
}
