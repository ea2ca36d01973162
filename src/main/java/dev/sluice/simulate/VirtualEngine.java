package dev.sluice.simulate;

import dev.sluice.control.EngineSample;
import dev.sluice.emulator.CoreStats;
import dev.sluice.emulator.CoreStep;
import dev.sluice.emulator.EngineCore;
import dev.sluice.emulator.Preset;
import dev.sluice.emulator.Sequence;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The emulator's core in virtual time: iterations follow each other as long as there is work. Not thread-safe. */
final class VirtualEngine {

    private final EngineCore core;
    private final Preset preset;
    private final VirtualTime time;
    private final Map<Long, Consumer<CoreStep.Token>> listeners = new HashMap<>();
    private boolean iterating;

    VirtualEngine(Preset preset, VirtualTime time) {
        this.core = new EngineCore(preset);
        this.preset = preset;
        this.time = time;
    }

    /** The listener is told of each token, at the end of the iteration that made it. */
    void submit(Sequence sequence, Consumer<CoreStep.Token> listener) {
        listeners.put(sequence.id(), listener);
        core.submit(sequence);
        if (!iterating) {
            iterate();
        }
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
        Consumer<CoreStep.Token> listener = token.finished() ? listeners.remove(token.id()) : listeners.get(token.id());
        if (listener != null) {
            listener.accept(token);
        }
    }

    CoreStats stats() {
        return core.stats();
    }

    /** What a reading of its metrics page would give. */
    EngineSample sample() {
        CoreStats stats = core.stats();
        return new EngineSample(
                time.nowNanos(),
                preset.poolTokens(),
                "cache_config_info",
                stats.kvUsageRatio(),
                stats.running(),
                stats.waiting(),
                stats.prefixQueryTokens(),
                stats.prefixHitTokens(),
                stats.promptTokens(),
                stats.generationTokens(),
                stats.preemptions(),
                1);
    }
}
