package dev.sluice.simulate;

import java.util.Arrays;
import java.util.List;

/**
 * Measured values. Immutable.
 *
 * @param sorted ascending
 */
public record Samples(List<Double> sorted) {

    static Samples of(List<Double> values) {
        Double[] array = values.toArray(new Double[0]);
        Arrays.sort(array);
        return new Samples(List.of(array));
    }

    /** The value that this share (0..1) of them does not exceed; 0 without any. */
    public double quantile(double share) {
        if (sorted.isEmpty()) {
            return 0;
        }
        int index = (int) Math.ceil(share * sorted.size()) - 1;
        return sorted.get(Math.max(0, index));
    }

    /** The largest; 0 without any. */
    public double max() {
        return quantile(1);
    }

    /** 0 without any. */
    public double mean() {
        return sorted.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    /** Jain's index of fairness, 1 if all are equal, 1/n if one has everything; 1 without any. */
    public double jain() {
        double sum = 0;
        double squares = 0;
        for (double value : sorted) {
            sum += value;
            squares += value * value;
        }
        return squares > 0 ? sum * sum / (sorted.size() * squares) : 1;
    }
}
