package dev.sluice.simulate;

import dev.sluice.admission.AdmissionController;
import dev.sluice.admission.Snapshot;
import dev.sluice.config.SluiceConfig;
import dev.sluice.emulator.CoreStats;
import dev.sluice.emulator.Preset;
import dev.sluice.gate.GateLoop;
import dev.sluice.gate.GateObserver;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Agents against the emulator's core through the production gate, in virtual time: the same admission and law classes as
 * behind the proxy, from scripts, on one thread. Equal inputs give equal runs.
 */
public final class Simulation {

    private static final Duration LONGEST_RUN = Duration.ofHours(24);

    private final VirtualTime time = new VirtualTime();
    private final Tally tally = new Tally();
    private final VirtualEngine engine;
    private final AdmissionController controller;
    private final GateLoop gate;
    private long sequences;

    /**
     * @param config law, mode and bounds; what concerns sockets does not matter here
     * @param preset the engine
     */
    public Simulation(SluiceConfig config, Preset preset) {
        this.engine = new VirtualEngine(preset, time);
        this.controller = new AdmissionController(config);
        this.gate = new GateLoop(controller, GateObserver.NONE, time);
        gate.start();
        gate.onSignal(engine.sample());
        time.repeat(config.signals().interval(), () -> gate.onSignal(engine.sample()));
    }

    /** Runs the scripts to their end. */
    public Outcome run(List<AgentScript> scripts) {
        return run(scripts, gate -> {});
    }

    /** Runs the scripts to their end and calls back after each event. */
    public Outcome run(List<AgentScript> scripts, Consumer<Simulation> afterEachEvent) {
        int number = 0;
        for (AgentScript script : scripts) {
            new VirtualAgent(script, number++, this).start();
        }
        while (tally.ended() < scripts.size() && time.runNext(LONGEST_RUN.toNanos())) {
            afterEachEvent.accept(this);
        }
        while (time.runNext(time.nowNanos())) {
            afterEachEvent.accept(this); // what the last agent's end has set off
        }
        CoreStats stats = engine.stats();
        return tally.outcome(stats.prefixQueryTokens(), stats.prefixHitTokens(), stats.computedPromptTokens());
    }

    /** The gate as it is now. */
    public Snapshot snapshot() {
        return controller.snapshot(time.nowNanos());
    }

    VirtualTime time() {
        return time;
    }

    Tally tally() {
        return tally;
    }

    VirtualEngine engine() {
        return engine;
    }

    GateLoop gate() {
        return gate;
    }

    long nextSequence() {
        return ++sequences;
    }
}
