package dev.sluice.control;

import dev.sluice.config.LawConfig;
import org.jspecify.annotations.Nullable;

/**
 * Admission by working set: running and resident agents together may hold {@code θ · C} tokens, C the engine's pool and θ
 * just below one. Feed-forward (Denning 1968: admit a program only if its working set fits); which idle agents give
 * way to a waiting one is decided by hold value against {@link RoomPrice}.
 *
 * <p>While the pool is unknown there is no limit: nothing known means forward everything. Until the first signal it may still become
 * known, and newcomers come in slowly ({@link #awaitsPool}).
 *
 * <p>Confined to the gate loop.
 */
public final class WorkingSetLaw implements Law {

    /** Share of the pool that the budget is exceeded by where that pays. */
    private static final double RESERVE = 0.05;

    private LawConfig.WorkingSet config;
    private final PoolSize pool;
    private final RoomPrice price = new RoomPrice();
    private boolean heard;

    WorkingSetLaw(LawConfig.WorkingSet config, PoolSize pool) {
        this.config = config;
        this.pool = pool;
    }

    @Override
    public LawConfig.Name name() {
        return LawConfig.Name.WORKING_SET;
    }

    @Override
    public void configure(LawConfig next) {
        config = next.workingSet();
    }

    /** The pool itself follows the signals; the law has no budget of its own to move. */
    @Override
    public @Nullable BudgetChange onSignal(EngineSignal signal) {
        heard = true;
        return null;
    }

    /** Whether the pool is unknown and the engine has said nothing yet, not even that it will not tell. */
    public boolean awaitsPool() {
        return !heard && !pool.isKnown();
    }

    @Override
    public double budgetTokens() {
        return config.startedBudget() * poolTokens();
    }

    /** The budget and, of what it leaves free of the pool, at most a twentieth of the pool; infinite while that is unknown. */
    public double limitTokens() {
        return Math.min(1, config.startedBudget() + RESERVE) * poolTokens();
    }

    private double poolTokens() {
        return pool.isKnown() ? pool.tokens() : Double.POSITIVE_INFINITY;
    }

    /** Demand of the started agents above which newcomers wait at the door, in tokens. */
    public double doorTokens() {
        return config.doorBudget() * budgetTokens();
    }

    @Override
    public int windowAgents() {
        return UNLIMITED_AGENTS;
    }

    /** The price of room; fed by admission. */
    public RoomPrice price() {
        return price;
    }

    /** Hold value below which an idle agent gives way: engine seconds per token and second. */
    public double priceOfRoom() {
        return price.kappa() / pool.tokens();
    }

    public LawConfig.WorkingSet config() {
        return config;
    }
}
