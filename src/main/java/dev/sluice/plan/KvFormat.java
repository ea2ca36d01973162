package dev.sluice.plan;

/**
 * How the cache stores what the model keeps.
 *
 * @param elementBytes of one number
 * @param compression by what factor something beyond that makes it smaller: dropped tokens, fewer bits; 1 for nothing
 * @param stateBytes of one number of a linear layer's state
 */
public record KvFormat(double elementBytes, double compression, double stateBytes) {

    public KvFormat {
        if (!(elementBytes > 0 && elementBytes <= 8)) {
            throw new IllegalArgumentException("elementBytes: " + elementBytes + " (expected: above 0, at most 8)");
        }
        if (!(compression >= 1 && compression <= 1000)) {
            throw new IllegalArgumentException("compression: " + compression + " (expected: 1..1000)");
        }
        if (!(stateBytes > 0 && stateBytes <= 8)) {
            throw new IllegalArgumentException("stateBytes: " + stateBytes + " (expected: above 0, at most 8)");
        }
    }

    /** A cache without further compression; states are kept in 32 bits, as engines do. */
    public static KvFormat of(Precision precision) {
        return new KvFormat(precision.bytes(), 1, Precision.FP32.bytes());
    }
}
