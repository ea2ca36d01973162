package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.config.ConfigReader;
import dev.sluice.config.Mode;
import dev.sluice.config.SluiceConfig;
import dev.sluice.decision.Decision;
import dev.sluice.emulator.Preset;
import dev.sluice.gate.GateObserver;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What shadow mode forecasts, beside what comes when the same agents are then held: from the same seeds, in virtual time. The
 * engine is another than the one that the forecast is computed with.
 */
final class ForecastTest {

    private static final SluiceConfig SHADOW = ConfigReader.read("mode: shadow").config();

    /** Of one seed: what enforcement brings, over none, as forecast and as it came. */
    private record Pair(double forecastShare, double trueShare, double forecastTime, double trueTime) {}

    /**
     * Means over the seeds, since single runs are up to a fifth off by chance. healthy: errors of some percent. Broken (a speed that is
     * not fitted, a pool of another size): far beyond.
     */
    @ParameterizedTest
    @CsvSource({"coding, 24, 4, 65536", "long-pauses, 24, 1, 65536", "fits, 4, 1, 262144"})
    void theForecastIsNearWhatEnforcementThenDoes(String load, int agents, int seeds, long poolTokens) {
        Preset real = Preset.MOE.withPoolTokens(poolTokens);
        List<Pair> pairs = LongStream.rangeClosed(1, seeds)
                .mapToObj(seed -> see(load + " seed " + seed, real, shape(load).atOnce(agents, seed)))
                .toList();

        assertThat(mean(pairs, Pair::forecastShare)).isCloseTo(mean(pairs, Pair::trueShare), within(0.1));
        assertThat(mean(pairs, Pair::forecastTime)).isCloseTo(mean(pairs, Pair::trueTime), within(0.1));
    }

    private static double mean(List<Pair> pairs, ToDoubleFunction<Pair> figure) {
        return pairs.stream().mapToDouble(figure).average().orElseThrow();
    }

    private static Pair see(String name, Preset real, List<AgentScript> scripts) {
        Forecast forecast = Forecast.of(record(SHADOW, real, scripts), SHADOW, Preset.DENSE_32B, EngineSpeed.PRESET);
        Recorded free = forecast.recorded();
        Recorded enforced = record(SHADOW.with(Mode.ENFORCE), real, scripts);
        Figures forecastEnforced = forecast.enforced().figures();
        Figures forecastFree = forecast.free().figures();
        Pair pair = new Pair(
                share(forecastEnforced, forecastFree),
                share(enforced.figures(), free.figures()),
                time(forecastEnforced, forecastFree),
                time(enforced.figures(), free.figures()));
        System.out.printf(
                Locale.ROOT,
                "%s: prompt tokens computed, enforced over free: forecast %.3f, then %.3f; mean time of an agent:"
                        + " forecast %.3f, then %.3f; speed %s, off by %+.3f in tokens and %+.3f in time; held %d, then %d%n",
                name,
                pair.forecastShare,
                pair.trueShare,
                pair.forecastTime,
                pair.trueTime,
                forecast.speed(),
                forecast.prefillError(),
                forecast.timeError(),
                forecastEnforced.heldSteps(),
                enforced.figures().heldSteps());
        return pair;
    }

    @Test
    void aRecordingThatBeginsAmidALoadIsReplayedNearly() {
        Preset real = Preset.DENSE_32B.withPoolTokens(65_536);
        Forecast forecast =
                Forecast.of(record(SHADOW, real, shape("coding").atOnce(24, 1), 200), SHADOW, real, EngineSpeed.PRESET);

        assertThat(forecast.recorded().agents()).anyMatch(Recorded.Agent::started);
        assertThat(forecast.prefillError())
                .as("%.3f %.3f", forecast.prefillError(), forecast.timeError())
                .isBetween(-0.25, 0.25);
        assertThat(forecast.timeError()).isBetween(-0.25, 0.25);
        assertThat(forecast.savedPrefillTokens()).isPositive();
    }

    private static AgentShape shape(String load) {
        return switch (load) {
            case "coding" -> new AgentShape(12, 2_048, 2_500, 700, 200, 1, 0.8);
            case "long-pauses" -> new AgentShape(12, 2_048, 2_500, 700, 200, 10, 0.8);
            default -> new AgentShape(12, 2_048, 2_500, 700, 200, 1, 0.8);
        };
    }

    private static double share(Figures enforced, Figures free) {
        return (double) enforced.computedTokens() / free.computedTokens();
    }

    private static double time(Figures enforced, Figures free) {
        return enforced.agentSeconds().mean() / free.agentSeconds().mean();
    }

    private static Recorded record(SluiceConfig config, Preset engine, List<AgentScript> scripts) {
        return record(config, engine, scripts, Integer.MAX_VALUE);
    }

    private static Recorded record(SluiceConfig config, Preset engine, List<AgentScript> scripts, int mostSteps) {
        Recording recording = new Recording(mostSteps);
        GateObserver observer = new GateObserver() {
            @Override
            public void onDecision(Decision decision) {
                recording.onDecision(decision);
            }
        };
        new Simulation(config, engine, Conditions.GOOD, observer).run(scripts);
        return recording.recorded();
    }
}
