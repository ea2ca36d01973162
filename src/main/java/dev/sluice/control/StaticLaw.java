package dev.sluice.control;

import dev.sluice.config.LawConfig;
import org.jspecify.annotations.Nullable;

/** Limits set by hand and never moved by themselves, on agents, on tokens, or on both. Confined to the gate loop. */
public final class StaticLaw implements Law {

    private LawConfig.Static config;

    public StaticLaw(LawConfig.Static config) {
        this.config = config;
    }

    @Override
    public void configure(LawConfig next) {
        config = next.fixed();
    }

    @Override
    public LawConfig.Name name() {
        return LawConfig.Name.STATIC;
    }

    @Override
    public @Nullable BudgetChange onSignal(EngineSignal signal) {
        return null;
    }

    @Override
    public double budgetTokens() {
        return config.tokens() > 0 ? config.tokens() : Double.POSITIVE_INFINITY;
    }

    @Override
    public int windowAgents() {
        return config.agents() > 0 ? config.agents() : UNLIMITED_AGENTS;
    }
}
