package dev.sluice.admission;

import java.util.Arrays;

/**
 * What agents will need of the pool after each of them has taken so many steps more, in tokens: the sum of
 * {@code S(τ) · (context + τ · growth)} for a grid of τ, where S(τ) is the chance that an agent as old as this one takes τ more
 * steps ({@link Lifetimes}). All take the same τ at once, so those that end make room for those that grow; the sum of
 * everybody's own peak would be larger than anything that can happen.
 *
 * <p>What parents need that wait for their children is counted apart, too. Confined to the gate loop.
 */
final class Demand {

    private static final int[] AHEAD = {
        0, 1, 2, 3, 4, 5, 7, 9, 12, 15, 19, 24, 30, 38, 48, 60, 75, 95, 120, 150, 190, 240, 300, 400, 500, 700, 1000
    };

    private final Lifetimes lifetimes;
    private final double[] tokens = new double[AHEAD.length];
    private final double[] parentsTokens = new double[AHEAD.length];

    /** Of everybody and of parents that wait. Those of one age are summed up together: they end alike. */
    private final Ages everybody = new Ages();

    private final Ages parents = new Ages();
    private double commonTokens;

    /** So many of the grid are in use. */
    private int looks;

    /** Whether the grid has everybody who was counted in; who comes then is added there. */
    private boolean isSummedUp;

    /** What agents need now and gain with each step, by the steps that they have taken. */
    private static final class Ages {

        private final double[] contextTokens = new double[Lifetimes.MOST_STEPS + 1];
        private final double[] growthTokens = new double[Lifetimes.MOST_STEPS + 1];

        private void add(int age, double context, double growth) {
            contextTokens[age] += context;
            growthTokens[age] += growth;
        }

        private void clear() {
            Arrays.fill(contextTokens, 0);
            Arrays.fill(growthTokens, 0);
        }
    }

    /**
     * Of nobody.
     *
     * @param mostSteps how far to look ahead
     */
    Demand(Lifetimes lifetimes, int mostSteps) {
        this.lifetimes = lifetimes;
        clear(0, mostSteps);
    }

    /**
     * How many looks ahead there are within so many steps.
     *
     * @see #stepsAhead
     */
    static int looks(int mostSteps) {
        int looks = 0;
        while (looks < AHEAD.length && AHEAD[looks] <= mostSteps) {
            looks++;
        }
        return looks;
    }

    /** How many steps that look is ahead. */
    static int stepsAhead(int look) {
        return AHEAD[look];
    }

    /**
     * Nobody needs anything but what they have in common, which stands in the pool once.
     *
     * @param mostSteps how far to look ahead from now on
     */
    void clear(double commonTokens, int mostSteps) {
        this.commonTokens = commonTokens;
        looks = looks(mostSteps);
        everybody.clear();
        parents.clear();
        isSummedUp = false;
    }

    /**
     * Counts an agent in.
     *
     * @param weight 0..1: share of this that it needs
     * @param steps that it has taken
     * @param isWaitingParent whether it goes on only after its children
     */
    void add(double weight, long steps, double contextTokens, double growthTokens, boolean isWaitingParent) {
        int age = (int) Math.min(Lifetimes.MOST_STEPS, steps);
        count(age, weight * contextTokens, weight * growthTokens, everybody, tokens);
        if (isWaitingParent) {
            count(age, weight * contextTokens, weight * growthTokens, parents, parentsTokens);
        }
    }

    private void count(int age, double contextTokens, double growthTokens, Ages ages, double[] sums) {
        if (isSummedUp) {
            sumUp(age, contextTokens, growthTokens, sums);
        } else {
            ages.add(age, contextTokens, growthTokens);
        }
    }

    /**
     * The most that is needed at once.
     *
     * @param withoutParents whether those that wait for their children are left out
     * @param contextTokens of a newcomer to be counted in; 0: nobody's
     */
    double peak(boolean withoutParents, double contextTokens, double growthTokens) {
        if (!isSummedUp) {
            isSummedUp = true;
            Arrays.fill(tokens, commonTokens);
            sumUp(everybody, tokens);
            Arrays.fill(parentsTokens, 0);
            sumUp(parents, parentsTokens);
        }
        double peak = 0;
        for (int i = 0; i < looks; i++) {
            double others = tokens[i] - (withoutParents ? parentsTokens[i] : 0);
            peak = Math.max(peak, others + needed(i, 0, contextTokens, growthTokens));
        }
        return peak;
    }

    private void sumUp(Ages ages, double[] sums) {
        for (int age = 0; age <= Lifetimes.MOST_STEPS; age++) {
            if (ages.contextTokens[age] != 0 || ages.growthTokens[age] != 0) {
                sumUp(age, ages.contextTokens[age], ages.growthTokens[age], sums);
            }
        }
    }

    private void sumUp(int age, double contextTokens, double growthTokens, double[] sums) {
        for (int i = 0; i < looks; i++) {
            sums[i] += needed(i, age, contextTokens, growthTokens);
        }
    }

    private double needed(int i, long steps, double contextTokens, double growthTokens) {
        return lifetimes.chance(steps, AHEAD[i]) * (contextTokens + AHEAD[i] * growthTokens);
    }
}
