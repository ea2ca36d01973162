package dev.sluice.control;

import dev.sluice.config.LawConfig;
import org.jspecify.annotations.Nullable;

/** No control: everything goes to the engine. The baseline that a law has to beat. */
public final class OffLaw implements Law {

    @Override
    public LawConfig.Name name() {
        return LawConfig.Name.OFF;
    }

    @Override
    public @Nullable BudgetChange onSignal(EngineSignal signal) {
        return null;
    }

    @Override
    public double budgetTokens() {
        return Double.POSITIVE_INFINITY;
    }

    @Override
    public int windowAgents() {
        return UNLIMITED_AGENTS;
    }
}
