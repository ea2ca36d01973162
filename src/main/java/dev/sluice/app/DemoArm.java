package dev.sluice.app;

import dev.sluice.emulator.CoreStats;
import dev.sluice.emulator.EmulatorServer;
import dev.sluice.emulator.Preset;
import dev.sluice.simulate.AgentScript;
import dev.sluice.simulate.HttpRun;
import dev.sluice.simulate.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One side of the demo: agents over HTTP against one base URL, the engine's gauge and the pressure watched meanwhile. */
final class DemoArm {

    private static final Duration BOUND = Duration.ofMinutes(5);
    private static final Duration LINE_EVERY = Duration.ofSeconds(5);

    /**
     * @param outcome of the agents
     * @param peakGauge highest KV usage that the engine told, 0..1
     * @param peakPressure highest sum of the contexts let live, over the pool
     */
    record Result(Outcome outcome, double peakGauge, double peakPressure) {}

    private final String name;
    private final EmulatorServer engine;
    private final Preset preset;
    private final PrintWriter out;
    private double peakGauge;
    private double peakPressure;
    private long lastLineNanos = System.nanoTime();

    DemoArm(String name, EmulatorServer engine, Preset preset, PrintWriter out) {
        this.name = name;
        this.engine = engine;
        this.preset = preset;
        this.out = out;
    }

    /**
     * Runs the agents to their end.
     *
     * @param sidecar whose pressure counts; null where nobody governs, and all living contexts count
     */
    Result run(List<AgentScript> scripts, URI base, @Nullable Sidecar sidecar)
            throws IOException, InterruptedException {
        HttpRun.Finished finished = new HttpRun().run(scripts, base, preset.model(), BOUND, (steps, ended, live) -> {
            double pressure = sidecar == null
                    ? (double) live / preset.poolTokens()
                    : sidecar.snapshot().join().pressure();
            watch(pressure, steps, ended, scripts.size());
        });
        return new Result(finished.outcome(engine.stats()), peakGauge, peakPressure);
    }

    private void watch(double pressure, int steps, int ended, int agents) {
        CoreStats stats = engine.stats();
        peakGauge = Math.max(peakGauge, stats.kvUsageRatio());
        peakPressure = Math.max(peakPressure, pressure);
        if (System.nanoTime() - lastLineNanos >= LINE_EVERY.toNanos()) {
            lastLineNanos = System.nanoTime();
            double hits =
                    stats.prefixQueryTokens() == 0 ? 0 : (double) stats.prefixHitTokens() / stats.prefixQueryTokens();
            out.printf(
                    "%-7s %4d steps  %2d of %d agents done  hit rate %.2f  engine's gauge %.2f  pressure %.2f%n",
                    name, steps, ended, agents, hits, stats.kvUsageRatio(), pressure);
            out.flush();
        }
    }
}
