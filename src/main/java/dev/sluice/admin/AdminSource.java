package dev.sluice.admin;

import dev.sluice.admission.AgentEnd;
import dev.sluice.admission.Explanation;
import dev.sluice.admission.Snapshot;
import dev.sluice.config.Mode;
import dev.sluice.config.Reload;
import dev.sluice.simulate.Forecast;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the admin port shows and changes. Asked on the port's event loop: must be thread-safe and return at once. */
public interface AdminSource {

    /** A picture of the gate as it is now. */
    CompletableFuture<Snapshot> snapshot();

    /** The same with a list of at most so many agents; all of them are in its sums. */
    CompletableFuture<Snapshot> snapshot(int mostListed);

    /** Why that agent is where it is; empty if it is not remembered. */
    CompletableFuture<Optional<Explanation>> explain(String agentId);

    /** Tells that an agent has ended. */
    CompletableFuture<AgentEnd> endAgent(String agentId);

    /** Puts a mode in force; completes with it when it is. */
    CompletableFuture<Mode> switchTo(Mode mode);

    /** Reads the configuration again; completes when what can change is in force, or with what is wrong. */
    CompletableFuture<Reload> reload();

    /** From now on new steps are refused, and those that wait; what runs goes on. There is no way back but a restart. */
    void drain();

    /** The last report of what enforcement changes or would change; empty if there is none. */
    Optional<Savings> savings();

    /** Why there is no report; empty if there is one. */
    String savingsMissing();

    Readiness readiness();

    Engine engine();

    /** The mode in force. */
    Mode mode();

    /** The engine's URL, without credentials. */
    String upstream();

    /**
     * A report.
     *
     * @param at when it was made
     * @param gpus of the engine
     * @param gpuHourPrice of one of them
     */
    record Savings(Instant at, Forecast forecast, int gpus, double gpuHourPrice) {

        public double gpuSeconds() {
            return gpus * forecast.savedEngineSeconds();
        }

        public double money() {
            return gpuSeconds() / 3_600 * gpuHourPrice;
        }
    }

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
     * @param kind {@code vllm}, {@code sglang}, …, {@code other}, or {@code unknown} before it answered
     * @param version as the engine tells it; empty if unknown
     * @param maxModelTokens longest context of its models; 0 if unknown
     * @param note what an operator can do so that more is known; empty if nothing is missing
     * @param capabilities what its page tells and what its habits are, by name
     * @param figures what the last usable page said, by name
     * @param pools one per data-parallel rank
     */
    record Engine(
            String kind,
            String version,
            long maxModelTokens,
            String note,
            Map<String, Boolean> capabilities,
            Map<String, Double> figures,
            List<Pool> pools) {

        public static final Engine UNKNOWN = new Engine("unknown", "", 0, "", Map.of(), Map.of(), List.of());

        public Engine {
            capabilities = Map.copyOf(capabilities);
            figures = Map.copyOf(figures);
            pools = List.copyOf(pools);
        }

        /**
         * One pool. What is not told is {@code NaN}, a size -1.
         *
         * @param id the rank; empty if there is only one
         */
        public record Pool(String id, long tokens, double kvUsage, double running, double waiting) {}
    }
}
