package dev.sluice.admission;

import dev.sluice.config.SignalsConfig;
import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSignal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How fresh the engine's signals are, and what its counters did lately. Confined to the gate loop. */
final class SignalWatch {

    private static final long HIT_WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

    private final long staleAfterNanos;
    private @Nullable EngineSample last;
    private @Nullable EngineSample windowStart;
    private double hitRatio = Double.NaN;
    private long failures;

    SignalWatch(SignalsConfig config) {
        this.staleAfterNanos = config.staleAfter().toNanos();
    }

    /** Whether the engine was restarted between the reading before and this one. */
    boolean isRestart(EngineSample sample) {
        return last != null && sample.isRestartSince(last);
    }

    void onSignal(EngineSignal signal) {
        if (!(signal instanceof EngineSample sample)) {
            failures++;
            return;
        }
        EngineSample start = windowStart;
        if (start == null || isRestart(sample)) {
            windowStart = sample;
        } else if (sample.takenAtNanos() - start.takenAtNanos() >= HIT_WINDOW_NANOS) {
            double ratio = sample.hitRatioSince(start);
            hitRatio = Double.isNaN(ratio) ? hitRatio : ratio;
            windowStart = sample;
        }
        failures = 0;
        last = sample;
    }

    Snapshot.Signals view(long nowNanos) {
        long age = last == null ? -1 : Math.max(0, nowNanos - last.takenAtNanos());
        return new Snapshot.Signals(age >= 0 && age <= staleAfterNanos, age, failures);
    }

    double kvUsageRatio() {
        return last == null ? Double.NaN : last.kvUsageRatio();
    }

    /** Share of prompt tokens found cached over the last full window; {@code NaN} before there was one. */
    double hitRatio() {
        return hitRatio;
    }
}
