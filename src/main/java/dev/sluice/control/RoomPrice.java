package dev.sluice.control;

/**
 * The price of room in the cache, κ: how much an idle agent's prefix must be worth to stay when a waiting step needs its
 * place.
 *
 * <p>{@code κ = clamp(0.65 · (1 − ρ) / max(0.05, U), 0.25, 8)} where ρ is the share of time that the engine spends on
 * uncached prompt tokens and U the share of the budget that prompts in the engine fill, both averaged over five minutes.
 * An engine that idles while steps wait makes room dear, so that idle agents give way; an engine that is busy recomputing
 * makes it cheap, so that prefixes stay. Confined to the gate loop.
 */
public final class RoomPrice {

    private static final double HORIZON_SECONDS = 300;
    private static final double GAIN = 0.65;
    private static final double SMALLEST_FILL = 0.05;
    private static final double LARGEST_LOAD = 0.95;
    private static final double LOWEST = 0.25;
    private static final double HIGHEST = 8;

    private final DecayingMean prefillLoad = new DecayingMean(HORIZON_SECONDS);
    private final DecayingMean fill = new DecayingMean(HORIZON_SECONDS);

    /** An answer is whole whose uncached prompt tokens took the engine so long. */
    public void onPrefillWork(double engineSeconds, long nowNanos) {
        prefillLoad.add(engineSeconds, nowNanos);
    }

    /** Prompts in the engine fill this share of the budget now. */
    public void onFill(double ratio, long nowNanos) {
        fill.observe(ratio, nowNanos);
        // Time without an answer is time without prefill work, from the first look on.
        prefillLoad.add(0, nowNanos);
    }

    /** κ, without unit, in 0.25..8. */
    public double kappa() {
        double load = Math.min(LARGEST_LOAD, prefillLoad.value());
        double price = GAIN * (1 - load) / Math.max(SMALLEST_FILL, fill.value());
        return Math.max(LOWEST, Math.min(HIGHEST, price));
    }
}
