package dev.sluice.simulate;

import dev.sluice.config.Mode;
import dev.sluice.config.SluiceConfig;
import dev.sluice.emulator.Preset;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What enforcement changes: the agents of a time replayed twice against the emulated engine, once held by the law that is in
 * force and once all let through. One of the two is what happened, so how far the emulation is off can be seen. Immutable.
 *
 * @param recorded the agents as they were
 * @param engine that they were replayed on
 * @param speed of that engine, over its preset's
 * @param enforced the law in force
 * @param free everything forwarded
 */
public record Forecast(Recorded recorded, Preset engine, EngineSpeed speed, Replay.Run enforced, Replay.Run free) {

    /**
     * Replays; takes some seconds for some thousand steps.
     *
     * @param config the settings in force; their mode does not matter
     * @param preset in whose manner the emulated engine works
     * @param guess of its speed
     * @throws IllegalArgumentException if there is nothing to replay, or the pool is not known
     */
    public static Forecast of(Recorded recorded, SluiceConfig config, Preset preset, EngineSpeed guess) {
        Replay replay = new Replay(recorded, preset, 0);
        EngineSpeed speed = replay.fittedSpeed(guess);
        return new Forecast(
                recorded,
                replay.engine(),
                speed,
                replay.run(config.with(Mode.ENFORCE), speed),
                replay.run(config.with(Mode.OFF), speed));
    }

    /** Whether the recorded steps were held by the law. */
    public boolean isEnforced() {
        return recorded.mode().equals(Mode.ENFORCE.label());
    }

    /** Of the two, what happened. */
    public Replay.Run happened() {
        return isEnforced() ? enforced : free;
    }

    /** Prompt tokens that enforcement saves the engine. */
    public long savedPrefillTokens() {
        return free.figures().computedTokens() - enforced.figures().computedTokens();
    }

    /** Time that it saves the engine. */
    public double savedEngineSeconds() {
        return free.busySeconds() - enforced.busySeconds();
    }

    /** How far the replay of what happened is off, in prompt tokens computed: 0.1 is a tenth too many. */
    public double prefillError() {
        return relative(
                happened().figures().computedTokens(), recorded.figures().computedTokens());
    }

    /** The same in the mean time of an agent. */
    public double timeError() {
        return relative(
                happened().figures().agentSeconds().mean(),
                recorded.figures().agentSeconds().mean());
    }

    private static double relative(double is, double was) {
        return was > 0 ? is / was - 1 : 0;
    }

    /** The three as columns, by their titles. */
    public Map<String, Figures> columns() {
        Map<String, Figures> columns = new LinkedHashMap<>();
        columns.put("recorded", recorded.figures());
        columns.put("enforced", enforced.figures());
        columns.put("free", free.figures());
        return columns;
    }
}
