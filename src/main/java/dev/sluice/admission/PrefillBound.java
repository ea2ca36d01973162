package dev.sluice.admission;

import java.util.function.DoubleSupplier;

/**
 * Keeps the queue out of the engine: a bound on the expected uncached prompt tokens that are in the engine without their
 * first token. One prompt is always let through, however large. Confined to the gate loop.
 */
final class PrefillBound {

    private final DoubleSupplier limitTokens;
    private double inFlightTokens;
    private int prompts;

    PrefillBound(DoubleSupplier limitTokens) {
        this.limitTokens = limitTokens;
    }

    boolean allows(double uncachedTokens) {
        return prompts == 0 || inFlightTokens + uncachedTokens <= limitTokens.getAsDouble();
    }

    boolean isIdle() {
        return prompts == 0;
    }

    void begin(double uncachedTokens) {
        inFlightTokens += uncachedTokens;
        prompts++;
    }

    void end(double uncachedTokens) {
        prompts--;
        inFlightTokens = prompts == 0 ? 0 : inFlightTokens - uncachedTokens;
    }
}
