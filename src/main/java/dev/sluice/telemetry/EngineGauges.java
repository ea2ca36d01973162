package dev.sluice.telemetry;

import dev.sluice.admission.Snapshot;
import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSignal;
import org.jspecify.annotations.Nullable;

/**
 * The load as whoever routes or scales by the engine's gauges should see it: with the steps that wait at Sluice and would otherwise
 * wait in the engine, and with the prefixes of agents between steps. What the engine does not tell is taken from the gate.
 * Thread-safe.
 */
final class EngineGauges {

    private volatile @Nullable Snapshot snapshot;
    private volatile @Nullable EngineSample sample;

    void onSnapshot(Snapshot latest) {
        snapshot = latest;
    }

    void onSignal(EngineSignal signal) {
        sample = signal instanceof EngineSample told ? told : null;
    }

    /** Requests that the engine works on. */
    double running() {
        EngineSample told = sample;
        Snapshot gate = snapshot;
        if (told != null && !Double.isNaN(told.runningRequests())) {
            return told.runningRequests();
        }
        return gate == null ? 0 : gate.permits();
    }

    /** Requests that wait, in the engine or at Sluice. */
    double waiting() {
        EngineSample told = sample;
        Snapshot gate = snapshot;
        double inEngine = told == null || Double.isNaN(told.waitingRequests()) ? 0 : told.waitingRequests();
        return inEngine + (gate == null ? 0 : gate.queue().size());
    }

    /** Share of the cache that is taken, 0..1: the larger of the pressure and the engine's own gauge. */
    double cacheUsageRatio() {
        EngineSample told = sample;
        Snapshot gate = snapshot;
        double usage = told == null || Double.isNaN(told.kvUsageRatio()) ? 0 : told.kvUsageRatio();
        return Math.min(1, Math.max(usage, gate == null ? 0 : gate.pressure()));
    }

    /** Prometheus' text format, by the names that vLLM has for them. */
    String scrape() {
        return gauge("vllm:num_requests_running", "Requests in the engine.", running())
                + gauge("vllm:num_requests_waiting", "Requests waiting, in the engine or at Sluice.", waiting())
                + gauge(
                        "vllm:kv_cache_usage_perc",
                        "KV cache usage, idle agents counted in; 1 is full.",
                        cacheUsageRatio());
    }

    private static String gauge(String name, String help, double value) {
        return "# HELP " + name + " " + help + "\n# TYPE " + name + " gauge\n" + name + " " + value + "\n";
    }
}
