package dev.sluice.control;

import dev.sluice.config.LawConfig;
import org.jspecify.annotations.Nullable;

/**
 * How much may live in the engine's cache. A law says <em>how much</em> and changes it per signal; <em>who</em> gets in
 * is admission's part and changes per request.
 *
 * <p>A law counts tokens, agents, or nothing: what it does not count is without limit. Pure: the signals carry the time.
 * Confined to the gate loop.
 */
public sealed interface Law permits WorkingSetLaw, ConcurLaw, StaticLaw, OffLaw {

    /** No limit on agents. */
    int UNLIMITED_AGENTS = Integer.MAX_VALUE;

    LawConfig.Name name();

    /**
     * Called by the gate for each reading of the engine's metrics, successful or not.
     *
     * @return what this changed, or null
     */
    @Nullable
    BudgetChange onSignal(EngineSignal signal);

    /** Tokens that running and resident agents together may hold; positive infinity for no limit. */
    double budgetTokens();

    /** Agents that may be running or resident at once; {@link #UNLIMITED_AGENTS} for no limit. */
    int windowAgents();

    /** From now on these settings are in force; the name is the law's own. */
    default void configure(LawConfig config) {}

    /** The law that the configuration names, over that pool. */
    static Law of(LawConfig config, PoolSize pool) {
        return switch (config.name()) {
            case WORKING_SET -> new WorkingSetLaw(config.workingSet(), pool);
            case CONCUR -> new ConcurLaw(config.concur());
            case STATIC -> new StaticLaw(config.fixed());
            case OFF -> new OffLaw();
        };
    }
}
