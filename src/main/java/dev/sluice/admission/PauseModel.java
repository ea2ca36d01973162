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
    private static final int FIRST_POWER = Math.getExponent(FIRST_EDGE_SECONDS);
    private static final double PRIOR_WEIGHT = 5;

    /** Above so many returns the older half of the evidence is let go, so that the model follows a change of load. */
    private static final double MOST_EVIDENCE = 2_000;

    /** Upper edges; the last bin has everything beyond the one before, too. */
    private static final double[] EDGES = edges();

    /** The bin of each power of two, from the last one below the first edge on. */
    private static final int[] BIN_OF_POWER = binOfPower();

    private static final double[] WIDTHS = widths();
    private static final double[] EDGE_LOGS = logs(1);
    private static final double[] MIDDLE_LOGS = logs(Math.sqrt(EDGE_RATIO));

    private final boolean learnsShape;
    private final PauseShape shape;
    private final double[] prior = new double[BINS];
    private final double[] returned = new double[BINS];
    private final double[] givenUp = new double[BINS];
    private final double[] silent = new double[BINS];
    private final double[] survival = new double[BINS + 1];
    private final double[] hazard = new double[BINS];
    private final double[] index = new double[BINS];

    /** The least of it so far, bin by bin: it may rise again. */
    private final double[] lowest = new double[BINS];

    /** Whether {@link #index} is of the last look; not every law asks. */
    private boolean isIndexed;

    /** Expected seconds until an agent that returns has done so or reached the end of the bin. */
    private final double[] seconds = new double[BINS];

    private final double priorNever;
    private double evidence;
    private double secondsSeen;
    private double goneForGood;

    /** Whether the last look changed nothing and nothing came since, so that the next one would change nothing either. */
    private boolean isAtRest;

    /**
     * @param priorMedianSeconds the pause to expect before anything was seen
     * @param priorNeverRatio 0..1: share of agents to expect never to return, before anything was seen
     * @param learnsShape whether the prior follows the pauses that were seen
     */
    PauseModel(double priorMedianSeconds, double priorNeverRatio, boolean learnsShape) {
        this.learnsShape = learnsShape;
        priorNever = priorNeverRatio * PRIOR_WEIGHT;
        shape = new PauseShape(priorMedianSeconds);
        spreadPrior();
        refresh();
    }

    /** An agent returned after so many seconds. */
    void onReturn(double seconds) {
        isAtRest = false;
        returned[bin(seconds)]++;
        evidence++;
        secondsSeen += seconds;
        if (evidence > MOST_EVIDENCE) {
            halve();
        }
    }

    /** An agent was given up after so many seconds of silence. */
    void onGone(double seconds) {
        isAtRest = false;
        givenUp[bin(seconds)]++;
    }

    /** So many agents are silent for as long as this bin tells, as of the next {@link #refresh}. */
    void onSilent(int bin, int agents) {
        isAtRest &= silent[bin] == agents;
        silent[bin] = agents;
    }

    /** Takes in what came since the last time: the returns, the ends, and the silences counted. */
    void refresh() {
        if (isAtRest) {
            return;
        }
        isAtRest = true;
        if (learnsShape && fitShape()) {
            isAtRest = false;
            spreadPrior();
        }
        double atRisk = priorNever;
        for (int bin = BINS - 1; bin >= 0; bin--) {
            double returns = prior[bin] + returned[bin];
            atRisk += returns + givenUp[bin] + silent[bin];
            hazard[bin] = returns / atRisk;
        }
        survival[0] = 1;
        for (int bin = 0; bin < BINS; bin++) {
            double surviving = survival[bin] * (1 - hazard[bin]);
            isAtRest &= survival[bin + 1] == surviving;
            survival[bin + 1] = surviving;
        }
        isIndexed = false;
        sumUpSeconds();
        goneForGood = sumUpGone();
    }

    private double sumUpGone() {
        double sum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            sum += givenUp[bin] + silent[bin] * goneChanceIn(bin);
        }
        return sum;
    }

    /** A silence under way counts with the chance that it ends, as it was known at the last look. Whether that moved it. */
    private boolean fitShape() {
        double[] silentThatReturn = new double[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            silentThatReturn[bin] = silent[bin] * (1 - goneChanceIn(bin));
        }
        return shape.fit(MIDDLE_LOGS, returned, silentThatReturn);
    }

    private void spreadPrior() {
        double below = 0;
        for (int bin = 0; bin < BINS; bin++) {
            double upTo = shape.below(EDGE_LOGS[bin]);
            prior[bin] = (PRIOR_WEIGHT - priorNever) * (upTo - below);
            below = upTo;
        }
    }

    private void sumUpSeconds() {
        double gone = survival[BINS];
        double sum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            sum += WIDTHS[bin] * ((survival[bin] + survival[bin + 1]) / 2 - gone);
            seconds[bin] = gone < 1 ? sum / (1 - gone) : 0;
        }
    }

    private double index(int bin) {
        if (!isIndexed) {
            isIndexed = true;
            Arrays.setAll(index, this::bestRate);
            Arrays.setAll(lowest, at -> at == 0 ? index[0] : Math.min(lowest[at - 1], index[at]));
        }
        return index[bin];
    }

    /** The best rate of return per second of holding, over all horizons, of an agent whose silence is in this bin. */
    private double bestRate(int from) {
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

    /** The mean in seconds of the pauses seen to end with a return, of late; 0 before any was. */
    double meanSecondsSeen() {
        return evidence > 0 ? secondsSeen / evidence : 0;
    }

    /** Expected pause in seconds, of an agent that returns. */
    double meanSeconds() {
        return seconds[BINS - 1];
    }

    /** Expected seconds until an agent that returns has done so, or its index falls below that rate per second. */
    double heldSeconds(double ratePerSecond) {
        if (index(0) < ratePerSecond) {
            return 0;
        }
        int held = 0;
        int notHeld = BINS;
        while (notHeld - held > 1) {
            int middle = (held + notHeld) / 2;
            if (lowest[middle] >= ratePerSecond) {
                held = middle;
            } else {
                notHeld = middle;
            }
        }
        return seconds[held];
    }

    /** Gittins index, per second, of an agent silent for so long. */
    double returnRatePerSecond(double silentSeconds) {
        return index(bin(silentSeconds));
    }

    /** Chance, 0..1, that an agent silent for so long will not return. */
    double goneChance(double silentSeconds) {
        return goneChanceIn(bin(silentSeconds));
    }

    /** The same of one whose silence is in that bin. */
    private double goneChanceIn(int bin) {
        return survival[bin] > 0 ? survival[BINS] / survival[bin] : 1;
    }

    private void halve() {
        evidence /= 2;
        secondsSeen /= 2;
        for (int bin = 0; bin < BINS; bin++) {
            returned[bin] /= 2;
            givenUp[bin] /= 2;
        }
    }

    /** Where the bin ends and the next begins. */
    static double edgeSeconds(int bin) {
        return EDGES[bin];
    }

    /** The bin of a pause; its power of two tells it nearly. */
    static int bin(double seconds) {
        if (seconds < FIRST_EDGE_SECONDS) {
            return 0;
        }
        int bin = BIN_OF_POWER[Math.min(BIN_OF_POWER.length - 1, Math.getExponent(seconds) - FIRST_POWER)];
        while (bin < BINS - 1 && seconds >= EDGES[bin]) {
            bin++;
        }
        return bin;
    }

    private static double[] edges() {
        double[] edges = new double[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            edges[bin] = FIRST_EDGE_SECONDS * Math.pow(EDGE_RATIO, bin);
        }
        return edges;
    }

    private static int[] binOfPower() {
        int[] bins = new int[Math.getExponent(EDGES[BINS - 1]) - FIRST_POWER + 1];
        for (int power = 0, bin = 0; power < bins.length; power++) {
            while (EDGES[bin] <= Math.scalb(1.0, FIRST_POWER + power)) {
                bin++;
            }
            bins[power] = bin;
        }
        return bins;
    }

    private static double[] widths() {
        double[] widths = new double[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            widths[bin] = EDGES[bin] - (bin == 0 ? 0 : EDGES[bin - 1]);
        }
        return widths;
    }

    private static double[] logs(double below) {
        return Arrays.stream(EDGES).map(edge -> Math.log(edge / below)).toArray();
    }
}
