package dev.sluice.simulate;

import dev.sluice.config.ConfigReader;
import dev.sluice.config.Problem;
import dev.sluice.config.SluiceConfig;
import dev.sluice.decision.Decision;
import dev.sluice.emulator.Preset;
import dev.sluice.gate.GateObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Recorded agents against the emulated engine, under whatever settings. The engine's pool is the recorded one; its speed is
 * fitted, so that under the recorded settings a step takes as long in the emulated engine as it did in the real one.
 */
public final class Replay {

    private static final int MOST_FITTING_RUNS = 10;
    /** Nearer than this the emulated engine need not come. */
    private static final double FIT = 0.02;
    /** Each of the two times depends on both speeds; shorter steps do not overshoot. */
    private static final double STEP = 0.8;

    private final Recorded recorded;
    private final Preset engine;
    private final List<AgentScript> scripts;
    private final Conditions conditions;

    /**
     * How the replayed agents fared.
     *
     * @param figures as of the recorded ones
     * @param busySeconds time in which the engine worked
     */
    public record Run(Figures figures, double busySeconds) {}

    /**
     * Of what was recorded.
     *
     * @param engine in whose manner the emulated one works
     * @param poolTokens its pool; 0 for the recorded one
     * @throws IllegalArgumentException if there is nothing to replay, or the pool is not known
     */
    public Replay(Recorded recorded, Preset engine, long poolTokens) {
        long pool = poolTokens > 0 ? poolTokens : recorded.poolTokens();
        if (pool <= 0) {
            throw new IllegalArgumentException("pool: unknown (expected: a log that tells it, or --pool-tokens N)");
        }
        this.recorded = recorded;
        this.engine = engine.withPoolTokens(pool).withoutContextLimit();
        this.scripts = RecordedScripts.of(recorded, pool / Preset.BLOCK_TOKENS * Preset.BLOCK_TOKENS);
        if (scripts.isEmpty()) {
            throw new IllegalArgumentException(
                    "replay: no answered step (expected: answers that told their usage, within a pool of " + pool
                            + " tokens)");
        }
        this.conditions = conditions();
    }

    /** Answers were streamed, or told what was cached, if most did. */
    private Conditions conditions() {
        int streamed = 0;
        int told = 0;
        for (Recorded.Agent agent : recorded.agents()) {
            for (RecordedStep step : agent.steps()) {
                streamed += step.arrival().streamed() ? 1 : 0;
                told += step.usage().cachedTokens() >= 0 ? 1 : 0;
            }
        }
        int half = recorded.steps() / 2;
        Conditions good = Conditions.GOOD;
        return new Conditions(
                good.clients(), 1, told > half, good.signals(), 0, null, true, good.turns(), streamed > half);
    }

    /** The engine before its speed is fitted. */
    public Preset engine() {
        return engine;
    }

    /** The settings that were in force, as they were recorded, and the mode; {@link #unknownSettings} have their defaults. */
    public SluiceConfig settings() {
        return read().config();
    }

    /** Recorded settings that mean nothing to this version: their keys. */
    public List<String> unknownSettings() {
        return ConfigReader.ofTexts(texts()).problems().stream()
                .map(Problem::key)
                .toList();
    }

    private ConfigReader.Result read() {
        Map<String, String> texts = texts();
        unknownSettings().forEach(texts::remove);
        return ConfigReader.ofTexts(texts);
    }

    private Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>(recorded.settings());
        if (!recorded.mode().isEmpty()) {
            texts.put("mode", recorded.mode());
        }
        return texts;
    }

    /**
     * The speed at which the emulated engine needs, under the recorded settings, as long as was recorded where little disturbed it:
     * for an uncached prompt token, and for a token of an answer. Where one of these was not seen, the time of whole steps
     * stands for it.
     *
     * @param guess to begin with
     */
    public EngineSpeed fittedSpeed(EngineSpeed guess) {
        Figures wanted = recorded.figures();
        SluiceConfig settings = settings();
        EngineSpeed speed = guess;
        EngineSpeed best = guess;
        double bestError = Double.POSITIVE_INFINITY;
        for (int run = 0; run < MOST_FITTING_RUNS && bestError > FIT; run++) {
            Figures is = run(settings, speed).figures();
            double whole = ratio(is.engineSecondsPerStep(), wanted.engineSecondsPerStep(), 1);
            double prefill = ratio(is.prefillSecondsPerToken(), wanted.prefillSecondsPerToken(), whole);
            double decode = ratio(is.decodeSecondsPerToken(), wanted.decodeSecondsPerToken(), whole);
            double error = Math.max(Math.abs(Math.log(prefill)), Math.abs(Math.log(decode)));
            if (error < bestError) {
                bestError = error;
                best = speed;
            }
            speed = speed.times(Math.pow(prefill, STEP), Math.pow(decode, STEP));
        }
        return best;
    }

    private static double ratio(double is, double wanted, double otherwise) {
        return is > 0 && wanted > 0 ? is / wanted : otherwise;
    }

    /** Runs the agents to their end, at that speed of the engine. */
    public Run run(SluiceConfig config, EngineSpeed speed) {
        Recording recording = new Recording(Integer.MAX_VALUE);
        Simulation simulation = new Simulation(config, speed.of(engine), conditions, new GateObserver() {
            @Override
            public void onDecision(Decision decision) {
                recording.onDecision(decision);
            }
        });
        simulation.run(scripts);
        double busySeconds = simulation.engine().stats().busyNanos() / 1e9;
        return new Run(recording.recorded().figures(), busySeconds);
    }
}
