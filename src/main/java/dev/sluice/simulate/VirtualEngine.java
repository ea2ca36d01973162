package dev.sluice.simulate;

import dev.sluice.control.EngineSample;
import dev.sluice.emulator.CoreStats;
import dev.sluice.emulator.CoreStep;
import dev.sluice.emulator.EngineCore;
import dev.sluice.emulator.Preset;
import dev.sluice.emulator.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The emulator's core in virtual time: iterations follow each other as long as there is work. Not thread-safe. */
final class VirtualEngine {

    /** Told of one generation's progress. */
    interface Listener {

        /** At the end of the iteration that made it. */
        void onToken(CoreStep.Token token);

        /** The engine died. The last call. */
        void onLost();
    }

    private final Preset preset;
    private final VirtualTime time;
    private final Map<Long, Listener> listeners = new HashMap<>();
    private EngineCore core;
    private boolean iterating;

    VirtualEngine(Preset preset, VirtualTime time) {
        this.core = new EngineCore(preset);
        this.preset = preset;
        this.time = time;
    }

    void submit(Sequence sequence, Listener listener) {
        listeners.put(sequence.id(), listener);
        core.submit(sequence);
        if (!iterating) {
            iterate();
        }
    }

    /** Takes a generation out; its listener hears no more. */
    void abort(long id) {
        listeners.remove(id);
        core.abort(id);
    }

    /** The process dies and is back at once, with an empty cache and counters of zero. */
    void restart() {
        core = new EngineCore(preset);
        List<Listener> lost = new ArrayList<>(listeners.values());
        listeners.clear();
        lost.forEach(Listener::onLost);
    }

    private void iterate() {
        iterating = core.hasWork();
        if (!iterating) {
            return;
        }
        CoreStep step = core.step();
        time.after(step.durationNanos(), () -> {
            for (CoreStep.Token token : step.tokens()) {
                deliver(token);
            }
            iterate();
        });
    }

    private void deliver(CoreStep.Token token) {
        Listener listener = token.finished() ? listeners.remove(token.id()) : listeners.get(token.id());
        if (listener != null) {
            listener.onToken(token);
        }
    }

    CoreStats stats() {
        return core.stats();
    }

    /** What a reading of its metrics page would give. */
    EngineSample sample(double toldPoolRatio) {
        CoreStats stats = core.stats();
        return new EngineSample(
                time.nowNanos(),
                Math.round(preset.poolTokens() * toldPoolRatio),
                "cache_config_info",
                stats.kvUsageRatio(),
                stats.running(),
                stats.waiting(),
                stats.prefixQueryTokens(),
                stats.prefixHitTokens(),
                stats.promptTokens(),
                stats.generationTokens(),
                stats.preemptions(),
                stats.generationTokens(),
                false,
                1);
    }
}
