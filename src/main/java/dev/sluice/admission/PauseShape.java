package dev.sluice.admission;

import java.util.Arrays;

/**
 * What pauses longer than any seen may be like: a log-normal distribution fitted to those that were, which {@link PauseModel} takes
 * for its prior. Without it an agent that has been silent for a hundred times as long as any pause took would still be held
 * for one that may come back, since nothing was ever seen to come back, or not to, from so far.
 *
 * <p>One step of expectation and maximization (Dempster, Laird and Rubin 1977) at each look, over the bins of the model: a silence
 * under way counts with the chance that its agent will return at all, and with the mean and the spread that the distribution has
 * beyond it. All silences together weigh no more than the pauses that ended: where nobody ever returns, silences tell nothing of
 * pauses. A log-normal of which a share never returns is Boag's (1949) model of cures. The prior's location weighs one pause and its
 * spread five: where pauses lie is soon seen, how far they spread is not.
 *
 * <p>Confined to the gate loop.
 */
final class PauseShape {

    private static final double PRIOR_LOCATION_WEIGHT = 1;
    private static final double PRIOR_SPREAD_WEIGHT = 5;
    private static final double PRIOR_SPREAD = 1.6;
    private static final double LEAST_SPREAD = 0.3;

    /** A logistic of this slope is near a normal distribution function. */
    private static final double LOGISTIC_SLOPE = 1.702;

    /** Beyond so many spreads the mean excess of a normal distribution is as good as its distance. */
    private static final double FAR = 4;

    private final double priorLocation;
    private double location;
    private double spread = PRIOR_SPREAD;

    /**
     * @param medianSeconds the pause to expect before anything was seen
     */
    PauseShape(double medianSeconds) {
        priorLocation = Math.log(medianSeconds);
        location = priorLocation;
    }

    /** Chance, 0..1, that the logarithm of a pause's seconds is no larger than that. */
    double below(double logSeconds) {
        return 1 / (1 + Math.exp(-LOGISTIC_SLOPE * (logSeconds - location) / spread));
    }

    /** Moves towards what was seen; false if it was there. The arrays have a place for each bin; its middle is told by the logarithm of the seconds. */
    boolean fit(double[] middleLogs, double[] returned, double[] silentThatReturn) {
        double returns = Arrays.stream(returned).sum();
        double silences = Arrays.stream(silentThatReturn).sum();
        double share = silences > returns ? returns / silences : 1;
        double weight = 0;
        double sum = 0;
        double squares = 0;
        for (int bin = 0; bin < middleLogs.length; bin++) {
            double at = middleLogs[bin];
            double z = (at - location) / spread;
            double excess = meanExcess(z);
            double mean = location + spread * excess;
            double square = spread * spread * (1 + z * excess) + 2 * location * mean - location * location;
            double silent = share * silentThatReturn[bin];
            weight += returned[bin] + silent;
            sum += returned[bin] * at + silent * mean;
            squares += returned[bin] * at * at + silent * square;
        }
        double locationBefore = location;
        double spreadBefore = spread;
        if (weight > 0) {
            double mean = sum / weight;
            double away = PRIOR_LOCATION_WEIGHT * weight / (PRIOR_LOCATION_WEIGHT + weight);
            double within = squares - weight * mean * mean;
            double between = away * (mean - priorLocation) * (mean - priorLocation);
            double prior = PRIOR_SPREAD_WEIGHT * PRIOR_SPREAD * PRIOR_SPREAD;
            spread = Math.max(LEAST_SPREAD, Math.sqrt((prior + within + between) / (PRIOR_SPREAD_WEIGHT + weight)));
            location = (PRIOR_LOCATION_WEIGHT * priorLocation + sum) / (PRIOR_LOCATION_WEIGHT + weight);
        }
        return location != locationBefore || spread != spreadBefore;
    }

    /** Of a standard normal distribution beyond z: its mean there. */
    private static double meanExcess(double z) {
        double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
        return z > FAR ? z : density * (1 + Math.exp(LOGISTIC_SLOPE * z));
    }
}
