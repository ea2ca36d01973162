package dev.sluice.admission;

/**
 * Keeps the queue out of the engine: a bound on the expected uncached prompt tokens that are in the engine without their
 * first token. One prompt is always let through, however large. Confined to the gate loop.
 */
final class PrefillBound {

    private final double limitTokens;
    private double inFlightTokens;
    private int prompts;

    PrefillBound(double limitTokens) {
        this.limitTokens = limitTokens;
    }

    boolean allows(double uncachedTokens) {
        return prompts == 0 || inFlightTokens + uncachedTokens <= limitTokens;
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
