package dev.sluice.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.IntSupplier;

/** Clients' connections, and those for which there was no room. Thread-safe. */
final class ConnectionMeters {

    private final Counter refused;
    private final WordCounters timeouts;
    private volatile IntSupplier open = () -> 0;
    private volatile IntSupplier limit = () -> 0;

    ConnectionMeters(MeterRegistry registry) {
        Gauge.builder("sluice.client.connections", () -> open.getAsInt())
                .description("Clients' connections")
                .register(registry);
        Gauge.builder("sluice.client.connections.limit", () -> limit.getAsInt())
                .description("Most connections that clients may have")
                .register(registry);
        refused = Counter.builder("sluice.client.connections.refused")
                .description("Connections refused because there were as many as may be")
                .register(registry);
        timeouts = new WordCounters(
                registry, "sluice.client.timeouts", "turn", "Clients given up because they let their turn pass");
    }

    void watch(IntSupplier nowOpen, IntSupplier most) {
        open = nowOpen;
        limit = most;
    }

    void onRefused() {
        refused.increment();
    }

    void onTimeout(String turn) {
        timeouts.count(turn);
    }
}
