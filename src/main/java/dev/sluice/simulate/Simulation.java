package dev.sluice.simulate;

import dev.sluice.admission.AdmissionController;
import dev.sluice.admission.Snapshot;
import dev.sluice.agent.Attribution;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.EngineSignal;
import dev.sluice.control.EngineSilence;
import dev.sluice.emulator.CoreStats;
import dev.sluice.emulator.Preset;
import dev.sluice.gate.Gate;
import dev.sluice.gate.GateLoop;
import dev.sluice.gate.GateObserver;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Agents against the emulator's core through the production gate, in virtual time: the same admission and law classes as
 * behind the proxy, from scripts, on one thread. Equal inputs give equal runs.
 */
public final class Simulation {

    private static final Duration LONGEST_RUN = Duration.ofDays(3);
    private static final Duration LATENESS = Duration.ofSeconds(10);

    private final VirtualTime time = new VirtualTime();
    private final Tally tally = new Tally();
    private final Conditions conditions;
    private final VirtualEngine engine;
    private final Governor governor;
    private long sequences;
    private int alive;

    /**
     * @param config law, mode and bounds; what concerns sockets does not matter here
     * @param preset the engine
     */
    public Simulation(SluiceConfig config, Preset preset, Conditions conditions) {
        this(config, preset, conditions, GateObserver.NONE);
    }

    /** With somebody who hears what the gate does. */
    public Simulation(SluiceConfig config, Preset preset, Conditions conditions, GateObserver observer) {
        this(time -> production(config, observer, time), config.signals().interval(), preset, conditions);
    }

    /** With a gate of another kind, for comparison. */
    Simulation(
            Function<VirtualTime, Governor> governor, Duration signalInterval, Preset preset, Conditions conditions) {
        this.conditions = conditions;
        this.engine = new VirtualEngine(conditions.leftOf(preset), time);
        this.governor = governor.apply(time);
        signal();
        time.repeat(signalInterval, this::signal);
        if (conditions.restartAt() != null) {
            time.after(conditions.restartAt().toNanos(), engine::restart);
        }
    }

    /**
     * Who governs.
     *
     * @param gate asked by the agents
     * @param picture of it at a moment
     */
    record Governor(Gate gate, LongFunction<Snapshot> picture) {}

    private static Governor production(SluiceConfig config, GateObserver observer, VirtualTime time) {
        AdmissionController controller = new AdmissionController(config);
        GateLoop gate = new GateLoop(new Attribution(config.identity().fingerprint(), 0), controller, observer, time);
        gate.start();
        return new Governor(gate, now -> controller.snapshot(Integer.MAX_VALUE, now));
    }

    private void signal() {
        double told = conditions.toldPoolRatio() / (1 - conditions.foreignRatio());
        EngineSignal signal =
                conditions.signals().isPage() ? engine.sample(told) : new EngineSilence(time.nowNanos(), "not_found");
        if (conditions.signals() == Conditions.Signals.LATE) {
            time.after(LATENESS.toNanos(), () -> gate().onSignal(signal));
        } else {
            gate().onSignal(signal);
        }
    }

    /** Runs the scripts to their end. */
    public Outcome run(List<AgentScript> scripts) {
        return run(scripts, moment -> {});
    }

    /** Runs the scripts to their end and calls back after each event. */
    public Outcome run(List<AgentScript> scripts, Consumer<Simulation> afterEachEvent) {
        scripts.forEach(script -> VirtualAgent.start(script, this));
        while (alive > 0 && time.runNext(LONGEST_RUN.toNanos())) {
            afterEachEvent.accept(this);
        }
        while (time.runNext(time.nowNanos())) {
            afterEachEvent.accept(this); // what the last agent's end has set off
        }
        return tally.outcome(engine.stats());
    }

    /** The gate as it is now. */
    public Snapshot snapshot() {
        return governor.picture.apply(time.nowNanos());
    }

    /** Gate and engine as they are now. */
    Moment moment() {
        Snapshot gate = snapshot();
        CoreStats stats = engine.stats();
        return new Moment(
                time.nowNanos() / 1e9,
                gate.pressure(),
                gate.budget(),
                stats.kvUsageRatio(),
                stats.prefixQueryTokens(),
                stats.prefixHitTokens(),
                gate.agents().running(),
                gate.agents().resident(),
                gate.agents().waiting(),
                gate.agents().parked());
    }

    /** An agent is on its way. */
    void onBegin() {
        alive++;
    }

    /** An agent is gone, with or without success. */
    void onOver() {
        alive--;
    }

    Conditions conditions() {
        return conditions;
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

    Gate gate() {
        return governor.gate;
    }

    long nextSequence() {
        return ++sequences;
    }
}
