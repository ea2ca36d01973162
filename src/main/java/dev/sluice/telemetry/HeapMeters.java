package dev.sluice.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.DoubleSupplier;

/** The heap, and what was refused for want of it. Thread-safe. */
final class HeapMeters {

    private final WordCounters shed;
    private volatile DoubleSupplier ratio = () -> 0;

    HeapMeters(MeterRegistry registry) {
        shed = new WordCounters(registry, "sluice.shed", "what", "Refused because the heap was nearly full");
        Gauge.builder("sluice.heap.ratio", () -> ratio.getAsDouble())
                .description("Share of the heap in use that cannot be collected")
                .register(registry);
    }

    void watch(DoubleSupplier heapRatio) {
        ratio = heapRatio;
    }

    void onShed(String what) {
        shed.count(what);
    }
}
