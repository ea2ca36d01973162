package dev.sluice.admission;

import java.time.Duration;

/**
 * How much of what was expected of the cache it did not give back: in all, and lately, by sums of which the old parts fade
 * with a time constant of a minute. Confined to the gate loop.
 */
final class LossMeter {

    private static final double HORIZON_NANOS = Duration.ofMinutes(1).toNanos();

    private long expectedTokens;
    private long lostTokens;
    private double lateExpected;
    private double lateLost;
    private long lastNanos;

    void onReturn(CacheReturn back, long nowNanos) {
        double fading = fading(nowNanos);
        expectedTokens += back.expectedTokens();
        lostTokens += back.lostTokens();
        lateExpected = lateExpected * fading + back.expectedTokens();
        lateLost = lateLost * fading + back.lostTokens();
        lastNanos = nowNanos;
    }

    Snapshot.Loss view(long nowNanos) {
        boolean told = lateExpected * fading(nowNanos) >= 1;
        return new Snapshot.Loss(told ? lateLost / lateExpected : Double.NaN, expectedTokens, lostTokens);
    }

    private double fading(long nowNanos) {
        return Math.exp(-(nowNanos - lastNanos) / HORIZON_NANOS);
    }
}
