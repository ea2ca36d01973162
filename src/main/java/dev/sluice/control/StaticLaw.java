package dev.sluice.control;

import dev.sluice.config.LawConfig;
import org.jspecify.annotations.Nullable;

/** A limit set by hand and never moved, on agents or on tokens. Immutable. */
public final class StaticLaw implements Law {

    private final LawConfig.Static config;

    public StaticLaw(LawConfig.Static config) {
        if ((config.agents() > 0) == (config.tokens() > 0)) {
            throw new IllegalArgumentException("static: agents=" + config.agents() + " tokens=" + config.tokens()
                    + " (expected: exactly one of them above 0)");
        }
        this.config = config;
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
