package dev.sluice.admission;

import dev.sluice.config.SignalsConfig;
import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSignal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How fresh the engine's signals are, and what its counters did lately. An engine that hangs may still serve the page of its last
 * iteration; so signals are stale, too, while steps are in the engine and its counter of progress, where it tells one, does
 * not move. Confined to the gate loop.
 */
final class SignalWatch {

    private static final long HIT_WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

    private final long staleAfterNanos;
    private @Nullable EngineSample last;
    private @Nullable EngineSample windowStart;
    private double hitRatio = Double.NaN;
    private long failures;
    private long progressedNanos;

    SignalWatch(SignalsConfig config) {
        this.staleAfterNanos = config.staleAfter().toNanos();
    }

    /** Whether the engine lost its cache between the reading before and this one. */
    boolean isCacheLost(EngineSample sample) {
        return last != null && sample.isCacheLostSince(last);
    }

    /** @param idle whether no step is in the engine */
    void onSignal(EngineSignal signal, boolean idle) {
        if (!(signal instanceof EngineSample sample)) {
            failures++;
            return;
        }
        EngineSample start = windowStart;
        if (start == null || isCacheLost(sample)) {
            windowStart = sample;
        } else if (sample.takenAtNanos() - start.takenAtNanos() >= HIT_WINDOW_NANOS) {
            double ratio = sample.hitRatioSince(start);
            hitRatio = Double.isNaN(ratio) ? hitRatio : ratio;
            windowStart = sample;
        }
        if (idle || last == null || sample.progress() < 0 || sample.progress() != last.progress()) {
            progressedNanos = sample.takenAtNanos();
        }
        failures = 0;
        last = sample;
    }

    Snapshot.Signals view(long nowNanos) {
        long age = last == null ? -1 : Math.max(0, nowNanos - last.takenAtNanos());
        boolean stalled = last != null && last.takenAtNanos() - progressedNanos > staleAfterNanos;
        return new Snapshot.Signals(age >= 0 && age <= staleAfterNanos && !stalled, age, failures);
    }

    double kvUsageRatio() {
        return last == null ? Double.NaN : last.kvUsageRatio();
    }

    /** Share of prompt tokens found cached over the last full window; {@code NaN} before there was one. */
    double hitRatio() {
        return hitRatio;
    }
}
