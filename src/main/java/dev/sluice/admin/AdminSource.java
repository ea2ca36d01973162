package dev.sluice.admin;

import dev.sluice.admission.Snapshot;
import dev.sluice.config.Mode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What the admin port shows. Asked on the port's event loop: must be thread-safe and return at once. */
public interface AdminSource {

    /** A picture of the gate as it is now. */
    CompletableFuture<Snapshot> snapshot();

    Readiness readiness();

    Engine engine();

    /** The mode in force. */
    Mode mode();

    /** The engine's URL, without credentials. */
    String upstream();

    /**
     * Whether requests can be served.
     *
     * @param reason why not, for people and fit for one line; empty if ready
     */
    record Readiness(boolean isReady, String reason) {

        public static final Readiness READY = new Readiness(true, "");

        public static Readiness notReady(String reason) {
            return new Readiness(false, reason);
        }
    }

    /**
     * What is known of the engine. Immutable.
     *
     * @param kind {@code vllm}, or {@code unknown}
     * @param version as the engine tells it; empty if unknown
     * @param capabilities what was found out, by name
     */
    record Engine(String kind, String version, Map<String, Boolean> capabilities) {

        public static final Engine UNKNOWN = new Engine("unknown", "", Map.of());

        public Engine {
            capabilities = Map.copyOf(capabilities);
        }
    }
}
