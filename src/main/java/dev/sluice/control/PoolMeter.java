package dev.sluice.control;

/**
 * The size of the engine's cache, measured by what it gives back.
 *
 * <p>A cache that lets go the longest unused first, as vLLM's and SGLang's do, holds an agent's prefix while what was used
 * since (the stack distance D, Mattson et al. 1970) leaves room for it. An agent that comes back and finds all of its own tokens
 * proves a pool of at least {@code D + own}; one that finds only a part, or nothing, one of at most {@code D + found}. So the
 * measure rises half-way to each proof above it and falls by a fifth of the way to each proof below it.
 *
 * <p>What looks like a loss may be a client that rewrote its history. Such a return is no proof: neither of an agent that has not
 * found its prefix whole before, nor less deep than where others lately found theirs.
 *
 * <p>Where steps wait, and for two minutes many prefixes are found but none is lost near the measured size, the pool may be larger
 * than anybody tried: the measure then grows by 2 % for every ten found until something is lost; each such attempt that fails
 * doubles the time to the next.
 *
 * <p>Where nobody tells a size, the first loss is the first measure, and five make it count.
 *
 * <p>Gated: as long as the measure is within 15 % of the size told, the told one counts. Confined to the gate loop.
 */
public final class PoolMeter {

    private static final double RISE = 0.5;
    private static final double FALL = 0.2;
    private static final double GATE = 0.15;

    /** Losses deeper than so many times the measure say nothing about it. */
    private static final double NEAR = 1.25;

    /** Of the depth at which prefixes were lately found whole, what is certain to be there. */
    private static final double CERTAIN = 0.9;

    private static final double DEPTH_HORIZON_NANOS = 120e9;
    private static final long FIRST_PROBE_AFTER_NANOS = 120_000_000_000L;
    private static final long LAST_PROBE_AFTER_NANOS = 3_600_000_000_000L;
    private static final double PROBE_STEP = 1.02;
    private static final double FARTHEST = 4;

    /** So many prefixes have to be found, deeper than half the measure, before silence about losses means anything. */
    private static final int FINDS_TO_PROBE = 30;

    /** And so many more from one attempt to the next. */
    private static final int FINDS_BETWEEN_PROBES = 10;

    /** Where nobody tells a size, so many losses are taken to prove one. */
    private static final int LOSSES_TO_KNOW = 5;

    private double toldTokens;

    /** The measure; infinite as long as nobody told a size and nothing was lost. */
    private double tokens = Double.POSITIVE_INFINITY;

    private int losses;
    private double foundDepthTokens;
    private long foundDepthNanos;
    private long quietSinceNanos = Long.MIN_VALUE;
    private long probeAfterNanos = FIRST_PROBE_AFTER_NANOS;
    private boolean probing;
    private int finds;

    /** The engine or the configuration says that the pool has this size, 0 if it is unknown: a new beginning. */
    void onTold(double told) {
        toldTokens = told;
        tokens = told > 0 ? told : Double.POSITIVE_INFINITY;
        losses = 0;
        foundDepthTokens = 0;
        quietSinceNanos = Long.MIN_VALUE;
        probeAfterNanos = FIRST_PROBE_AFTER_NANOS;
        probing = false;
    }

    /**
     * An agent came back.
     *
     * @param distanceTokens tokens that the engine has used since the agent's last answer
     * @param ownTokens of its context then, shared with nobody
     * @param foundTokens of these, found in the cache now
     * @param stable whether the agent found its prefix whole the last time, so that its client does not rewrite it
     */
    void onReturn(double distanceTokens, double ownTokens, double foundTokens, boolean stable, long nowNanos) {
        if (foundTokens >= ownTokens) {
            onFound(distanceTokens + ownTokens, nowNanos);
        } else {
            onLost(distanceTokens + foundTokens, stable, nowNanos);
        }
    }

    private void onFound(double depthTokens, long nowNanos) {
        if (depthTokens > certainTokens(nowNanos)) {
            foundDepthTokens = depthTokens;
            foundDepthNanos = nowNanos;
        }
        if (depthTokens > tokens / 2) {
            finds++;
        }
        if (depthTokens > tokens) {
            move(tokens + RISE * (depthTokens - tokens));
        }
    }

    private void onLost(double depthTokens, boolean stable, long nowNanos) {
        if (!stable || depthTokens < certainTokens(nowNanos)) {
            return;
        }
        if (depthTokens < NEAR * tokens) {
            beginQuiet(nowNanos);
            if (probing) {
                probing = false;
                probeAfterNanos = Math.min(LAST_PROBE_AFTER_NANOS, 2 * probeAfterNanos);
            }
        }
        losses++;
        if (depthTokens < tokens) {
            move(Double.isInfinite(tokens) ? depthTokens : tokens + FALL * (depthTokens - tokens));
        }
    }

    private double certainTokens(long nowNanos) {
        return CERTAIN * foundDepthTokens * Math.exp((foundDepthNanos - nowNanos) / DEPTH_HORIZON_NANOS);
    }

    /** Time has passed. */
    void onTick(boolean stepsWait, long nowNanos) {
        if (!stepsWait || quietSinceNanos == Long.MIN_VALUE) {
            beginQuiet(nowNanos);
            return;
        }
        if (finds >= FINDS_TO_PROBE && nowNanos - quietSinceNanos >= probeAfterNanos) {
            probing = true;
            finds = FINDS_TO_PROBE - FINDS_BETWEEN_PROBES;
            move(tokens * PROBE_STEP);
        }
    }

    private void beginQuiet(long nowNanos) {
        quietSinceNanos = nowNanos;
        finds = 0;
    }

    private void move(double to) {
        tokens =
                toldTokens > 0 ? Math.max(toldTokens / FARTHEST, Math.min(toldTokens * FARTHEST, to)) : Math.max(1, to);
    }

    /** Whether what the cache gives back contradicts the size told, or tells one where nobody else does. */
    boolean contradicts() {
        return toldTokens == 0 ? losses >= LOSSES_TO_KNOW : Math.abs(tokens - toldTokens) > GATE * toldTokens;
    }

    /** The measure, in tokens; infinite while there is none. */
    double tokens() {
        return tokens;
    }
}
