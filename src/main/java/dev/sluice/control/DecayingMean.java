package dev.sluice.control;

/**
 * Exponentially weighted mean over time, free of the bias towards zero at its beginning: the weight of what was not yet
 * observed is divided out. Confined to the gate loop.
 */
public final class DecayingMean {

    private final double horizonNanos;
    private double sum;
    private double weight;
    private long lastNanos;
    private boolean begun;

    public DecayingMean(double horizonSeconds) {
        this.horizonNanos = horizonSeconds * 1e9;
    }

    /** The quantity had this value since the observation before. */
    public void observe(double value, long nowNanos) {
        advance(value, 0, nowNanos);
    }

    /** So much of the quantity came at this moment; the mean is then a rate per second. */
    void add(double amount, long nowNanos) {
        advance(0, amount, nowNanos);
    }

    private void advance(double level, double amount, long nowNanos) {
        if (!begun) {
            begun = true;
            lastNanos = nowNanos;
        }
        double share = -Math.expm1(-(nowNanos - lastNanos) / horizonNanos);
        sum += share * (level - sum) + amount / (horizonNanos / 1e9);
        weight += share * (1 - weight);
        lastNanos = nowNanos;
    }

    /** The mean so far; 0 before anything was observed over any time. */
    public double value() {
        return weight > 0 ? sum / weight : 0;
    }
}
