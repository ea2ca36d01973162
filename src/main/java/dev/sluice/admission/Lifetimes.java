package dev.sluice.admission;

import java.util.Arrays;

/**
 * How many steps agents take: the chance that one which has taken k steps takes τ more, learned from those that went on and
 * those that ended, an agent that is silent counting as ended with the chance that it is, as far as the {@link Door} believes that.
 *
 * <p>The hazard of ending after k steps is {@code h_k = (20 · (1 − p) + d_k) / (20 + d_k + e_k)} with e_k agents that went on
 * and d_k that ended there, in bins (k = 1 to 4 one each, then wider by a quarter each), and p the chance of a next step
 * whatever k. Kaplan and Meier's (1958) estimate of survival, here over steps and drawn towards the mean hazard by twenty agents:
 * where few were seen, lives end at any step alike. Agents of a kind do not: a crowd that came together grows together and
 * ends together, and with one chance for all ages newcomers would be expected to make room long before they do. That none of
 * it has ended yet tells nothing of ages that nobody has come to, so for these p is at most what it was before anything was seen.
 *
 * <p>Confined to the gate loop.
 */
final class Lifetimes {

    // The prior of p: one agent was seen, and took twenty steps.
    private static final double PRIOR_RETURNS = 19;
    private static final double PRIOR_STEPS = 20;

    /** How many agents the mean hazard weighs in each bin. */
    private static final double MEAN_WEIGHT = 20;

    /** Lives are told apart up to so many steps; older agents are taken for younger ones. */
    static final int MOST_STEPS = 1_000;

    private static final int SINGLE_BINS = 4;
    private static final double BIN_RATIO = 1.25;

    /** Above so many returns the older half of the evidence is let go, so that the estimate follows a change of load. */
    private static final double MOST_EVIDENCE = 20_000;

    /** Beyond it no room for growth is kept anyway, and products of chances would leave the range of numbers. */
    private static final double LARGEST_HAZARD = 0.5;

    private static final int[] BIN_OF_STEP = bins();
    private static final int BINS = BIN_OF_STEP[MOST_STEPS - 1] + 1;

    private final double[] returned = new double[BINS];
    private final double[] ended = new double[BINS];
    private final double[] silent = new double[BINS];
    private final double[] silentNext = new double[BINS];
    private final double[] goesOn = new double[BINS];
    private final double[] surviving = new double[MOST_STEPS + 1];

    /** Whether {@link #surviving} is of the last look; not every law asks. */
    private boolean isMultipliedOut;

    private double returns;
    private double ends;
    private double goneAmongSilent;

    Lifetimes() {
        refresh();
    }

    /** An agent that has taken so many steps, at least 1, asks for another. */
    void onReturn(long steps) {
        returned[bin(steps)]++;
        returns++;
        if (returns > MOST_EVIDENCE) {
            halve();
        }
    }

    /** An agent was given up after so many steps. */
    void onEnd(long steps) {
        ended[bin(steps)]++;
        ends++;
    }

    /**
     * Counts an agent as silent after so many steps, towards the next {@link #refresh}.
     *
     * @param gone the chance, 0..1, that it has ended
     */
    void countSilent(long steps, double gone) {
        silentNext[bin(steps)] += gone;
    }

    /** Takes in what came since the last time, and the silences counted. */
    void refresh() {
        System.arraycopy(silentNext, 0, silent, 0, BINS);
        Arrays.fill(silentNext, 0);
        goneAmongSilent = Arrays.stream(silent).sum();
        double meanHazard = 1 - Math.min(PRIOR_RETURNS / PRIOR_STEPS, returnChance());
        for (int bin = 0; bin < BINS; bin++) {
            double gone = ended[bin] + silent[bin];
            double hazard = (MEAN_WEIGHT * meanHazard + gone) / (MEAN_WEIGHT + gone + returned[bin]);
            goesOn[bin] = 1 - Math.min(LARGEST_HAZARD, hazard);
        }
        isMultipliedOut = false;
    }

    private void multiplyOut() {
        isMultipliedOut = true;
        surviving[0] = 1;
        for (int step = 0; step < MOST_STEPS; step++) {
            surviving[step + 1] = surviving[step] * goesOn[BIN_OF_STEP[step]];
        }
    }

    /** How many agents went on, of late. */
    double returns() {
        return returns;
    }

    /** p: the chance that an agent of which nothing is known has a next step. */
    double returnChance() {
        return (PRIOR_RETURNS + returns) / (PRIOR_STEPS + returns + ends + goneAmongSilent);
    }

    /** The chance that an agent that has taken so many steps takes so many more; who has taken none counts as having taken one. */
    double chance(long steps, int more) {
        if (!isMultipliedOut) {
            multiplyOut();
        }
        int from = (int) Math.max(1, Math.min(MOST_STEPS - more, steps));
        return surviving[Math.min(MOST_STEPS, from + more)] / surviving[from];
    }

    private void halve() {
        returns /= 2;
        ends /= 2;
        for (int bin = 0; bin < BINS; bin++) {
            returned[bin] /= 2;
            ended[bin] /= 2;
        }
    }

    /** The bin of so many steps. */
    private static int bin(long steps) {
        return BIN_OF_STEP[(int) Math.min(MOST_STEPS - 1, steps)];
    }

    private static int[] bins() {
        int[] bins = new int[MOST_STEPS];
        for (int step = 0; step < MOST_STEPS; step++) {
            bins[step] = step <= SINGLE_BINS
                    ? step
                    : SINGLE_BINS + (int) (Math.log((double) step / SINGLE_BINS) / Math.log(BIN_RATIO));
        }
        return bins;
    }
}
