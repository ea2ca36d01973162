package dev.sluice.admission;

import java.util.Arrays;

/**
 * The distribution of the pauses between an agent's steps, learned from those that returned, those given up and those
 * silent now (censored), and from it the index by which holding an idle agent's prefix is worth while.
 *
 * <p>Pauses fall into 30 bins with edges {@code 0.1 · 1.5^k} seconds. With e returns, c given up and s silent now per bin,
 * the hazard is {@code h_k = e_k / Σ_{j≥k}(e_j + c_j + s_j)}. The index is Gittins' (1979): the best, over horizons, of
 * chance to return within the horizon over expected time held until return or horizon. Prior: log-normal, σ 1.6, or as
 * {@link PauseShape} learns it, weight 5, of which a share never returns. Kaplan and Meier's (1958) estimate of survival, here in bins.
 *
 * <p>Confined to the gate loop.
 */
final class PauseModel {

    static final int BINS = 30;

    private static final double FIRST_EDGE_SECONDS = 0.1;
    private static final double EDGE_RATIO = 1.5;
    private static final double PRIOR_WEIGHT = 5;

    /** Above so many returns the older half of the evidence is let go, so that the model follows a change of load. */
    private static final double MOST_EVIDENCE = 2_000;

    private static final double[] WIDTHS = widths();
    private static final double[] MIDDLES = middles();

    private final boolean learnsShape;
    private final PauseShape shape;
    private final double[] prior = new double[BINS];
    private final double[] returned = new double[BINS];
    private final double[] givenUp = new double[BINS];
    private final double[] silent = new double[BINS];
    private final double[] silentNext = new double[BINS];
    private final double[] survival = new double[BINS + 1];
    private final double[] index = new double[BINS];

    /** Expected seconds until an agent that returns has done so or reached the end of the bin. */
    private final double[] seconds = new double[BINS];

    private final double priorNever;
    private double evidence;
    private double goneForGood;

    /**
     * @param priorMedianSeconds the pause to expect before anything was seen
     * @param priorNeverRatio 0..1: share of agents to expect never to return, before anything was seen
     * @param learnsShape whether the prior follows the pauses that were seen
     */
    PauseModel(double priorMedianSeconds, double priorNeverRatio, boolean learnsShape) {
        this.learnsShape = learnsShape;
        priorNever = priorNeverRatio * PRIOR_WEIGHT;
        shape = new PauseShape(priorMedianSeconds);
        refresh();
    }

    /** An agent returned after so many seconds. */
    void onReturn(double seconds) {
        returned[bin(seconds)]++;
        evidence++;
        if (evidence > MOST_EVIDENCE) {
            halve();
        }
    }

    /** An agent was given up after so many seconds of silence. */
    void onGone(double seconds) {
        givenUp[bin(seconds)]++;
    }

    /** Counts one agent as silent for so long, towards the next {@link #refresh}. */
    void countSilent(double seconds) {
        silentNext[bin(seconds)]++;
    }

    /** Takes in what came since the last time: the returns, the ends, and the silences counted. */
    void refresh() {
        System.arraycopy(silentNext, 0, silent, 0, BINS);
        Arrays.fill(silentNext, 0);
        if (learnsShape) {
            fitShape();
        }
        double below = 0;
        for (int bin = 0; bin < BINS; bin++) {
            double upTo = shape.below(upperEdgeSeconds(bin));
            prior[bin] = (PRIOR_WEIGHT - priorNever) * (upTo - below);
            below = upTo;
        }
        double atRisk = priorNever;
        double[] hazard = new double[BINS];
        for (int bin = BINS - 1; bin >= 0; bin--) {
            double returns = prior[bin] + returned[bin];
            atRisk += returns + givenUp[bin] + silent[bin];
            hazard[bin] = returns / atRisk;
        }
        survival[0] = 1;
        for (int bin = 0; bin < BINS; bin++) {
            survival[bin + 1] = survival[bin] * (1 - hazard[bin]);
        }
        for (int bin = 0; bin < BINS; bin++) {
            index[bin] = bestRate(bin, hazard);
        }
        sumUpSeconds();
        goneForGood = sumUpGone();
    }

    private double sumUpGone() {
        double sum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            sum += givenUp[bin] + silent[bin] * goneInBin(bin);
        }
        return sum;
    }

    /** A silence under way counts with the chance that it ends, as it was known at the last look. */
    private void fitShape() {
        double[] silentThatReturn = new double[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            silentThatReturn[bin] = silent[bin] * (1 - goneInBin(bin));
        }
        shape.fit(MIDDLES, returned, silentThatReturn);
    }

    private void sumUpSeconds() {
        double gone = survival[BINS];
        double sum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            sum += WIDTHS[bin] * ((survival[bin] + survival[bin + 1]) / 2 - gone);
            seconds[bin] = gone < 1 ? sum / (1 - gone) : 0;
        }
    }

    /** The best rate of return per second of holding, over all horizons, of an agent whose silence is in this bin. */
    private static double bestRate(int from, double[] hazard) {
        double best = 0;
        double alive = 1;
        double heldSeconds = 0;
        for (int bin = from; bin < BINS; bin++) {
            heldSeconds += alive * (1 - hazard[bin] / 2) * WIDTHS[bin];
            alive *= 1 - hazard[bin];
            best = Math.max(best, (1 - alive) / heldSeconds);
        }
        return best;
    }

    /** Pauses seen to end with a return, of late. */
    double returns() {
        return evidence;
    }

    /** Pauses of which it is known how they ended, of late: with a return or, as far as that is known, with none. */
    double seen() {
        return evidence + goneForGood;
    }

    /** Expected pause in seconds, of an agent that returns. */
    double meanSeconds() {
        return seconds[BINS - 1];
    }

    /** Expected seconds until an agent that returns has done so, or its index falls below that rate per second. */
    double heldSeconds(double ratePerSecond) {
        int bins = 0;
        while (bins < BINS && index[bins] >= ratePerSecond) {
            bins++;
        }
        return bins == 0 ? 0 : seconds[bins - 1];
    }

    /** Gittins index, per second, of an agent silent for so long. */
    double returnRatePerSecond(double silentSeconds) {
        return index[bin(silentSeconds)];
    }

    /** Chance, 0..1, that an agent silent for so long will not return. */
    double goneChance(double silentSeconds) {
        return goneInBin(bin(silentSeconds));
    }

    private double goneInBin(int bin) {
        return survival[bin] > 0 ? survival[BINS] / survival[bin] : 1;
    }

    private void halve() {
        evidence /= 2;
        for (int bin = 0; bin < BINS; bin++) {
            returned[bin] /= 2;
            givenUp[bin] /= 2;
        }
    }

    private static int bin(double seconds) {
        if (seconds < FIRST_EDGE_SECONDS) {
            return 0;
        }
        int bin = 1 + (int) (Math.log(seconds / FIRST_EDGE_SECONDS) / Math.log(EDGE_RATIO));
        return Math.min(BINS - 1, bin);
    }

    private static double[] widths() {
        double[] widths = new double[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            widths[bin] = upperEdgeSeconds(bin) - (bin == 0 ? 0 : upperEdgeSeconds(bin - 1));
        }
        return widths;
    }

    private static double[] middles() {
        double[] middles = new double[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            middles[bin] = upperEdgeSeconds(bin) / Math.sqrt(EDGE_RATIO);
        }
        return middles;
    }

    private static double upperEdgeSeconds(int bin) {
        return FIRST_EDGE_SECONDS * Math.pow(EDGE_RATIO, bin);
    }
}
