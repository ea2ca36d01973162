package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.config.ConfigReader;
import dev.sluice.config.SluiceConfig;
import dev.sluice.decision.Decision;
import dev.sluice.emulator.Preset;
import dev.sluice.gate.GateObserver;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What was recorded comes out of the replay again, and other settings come out as they would have. */
final class ReplayTest {

    private static final Preset REAL = Preset.TINY.faster(3, 3);
    private static final AgentShape SHAPE = new AgentShape(8, 512, 900, 350, 60, 0.3, 0.8);
    private static final List<AgentScript> AGENTS = SHAPE.atOnce(12, 7);

    @Test
    void theRecordedSettingsGiveWhatWasRecorded() {
        Recorded recorded = record(Map.of("mode", "shadow"));
        Replay replay = new Replay(recorded, Preset.TINY, 0);
        EngineSpeed speed = replay.fittedSpeed(EngineSpeed.PRESET);
        Figures was = recorded.figures();
        Figures is = replay.run(replay.settings(), speed).figures();

        assertThat(recorded.poolTokens()).isEqualTo(REAL.poolTokens());
        assertThat(replay.settings().mode().label()).isEqualTo("shadow");
        assertThat(speed.prefill()).isCloseTo(3, within(0.3));
        assertThat(speed.decode()).isCloseTo(3, within(0.3));
        assertThat(is.steps()).isEqualTo(was.steps());
        assertThat(is.agents()).isEqualTo(12);
        assertThat(is.promptTokens()).isEqualTo(was.promptTokens());
        assertThat(is.hitRatio()).isCloseTo(was.hitRatio(), within(0.05));
        assertThat(is.seconds()).isCloseTo(was.seconds(), within(0.1 * was.seconds()));
    }

    @Test
    void changedSettingsGiveWhatTheyWouldHaveGiven() {
        Replay replay = new Replay(record(Map.of("mode", "shadow")), Preset.TINY, 0);
        Figures would = replay.run(SluiceConfig.DEFAULT, replay.fittedSpeed(EngineSpeed.PRESET))
                .figures();
        Figures enforced = record(Map.of()).figures();

        assertThat(would.heldSteps()).isPositive();
        assertThat(would.hitRatio()).isCloseTo(enforced.hitRatio(), within(0.05));
        assertThat(would.seconds()).isCloseTo(enforced.seconds(), within(0.1 * enforced.seconds()));
    }

    @Test
    void subAgentsAndTheirParentsWaitForEachOtherAgain() {
        Recorded recorded = record(
                Map.of(), Workload.named("sub-agents").scripts().apply(1L).subList(0, 2));
        Figures was = recorded.figures();
        Replay replay = new Replay(recorded, REAL, 0);
        Figures is = replay.run(replay.settings(), EngineSpeed.PRESET).figures();

        assertThat(is.agents()).isEqualTo(was.agents()).isGreaterThan(10);
        assertThat(is.steps()).isEqualTo(was.steps());
        assertThat(is.seconds()).isCloseTo(was.seconds(), within(0.15 * was.seconds()));
    }

    @Test
    void onlyTheYoungestStepsAreKept() {
        Recording recording = new Recording(20);
        simulate(Map.of(), AGENTS, recording);

        Recorded recorded = recording.recorded();
        assertThat(recorded.steps()).isEqualTo(20);
        assertThat(recorded.agents()).anyMatch(Recorded.Agent::started);
    }

    @Test
    void settingsOfAnotherVersionHaveTheirDefaults() {
        Recording recording = new Recording(1_000);
        simulate(Map.of("queue.maxSteps", 7), AGENTS, recording);
        recording.onDecision(new Decision.Configured(
                0, Map.of("queue.maxSteps", "7", "law.gone", "3", "law.workingSet.startedBudget", "17")));
        Replay replay = new Replay(recording.recorded(), Preset.TINY, 0);

        assertThat(replay.unknownSettings()).containsExactlyInAnyOrder("law.gone", "law.workingSet.startedBudget");
        assertThat(replay.settings().queue().maxSteps()).isEqualTo(7);
        assertThat(replay.settings().law()).isEqualTo(SluiceConfig.DEFAULT.law());
    }

    @Test
    void aRecordingThatBeginsAnewForgetsWhatWasAnswered() {
        Recording recording = new Recording(1_000);
        simulate(Map.of(), AGENTS, recording);
        recording.beginAnew();

        Recorded recorded = recording.recorded();
        assertThat(recorded.steps()).isZero();
        assertThat(recorded.pauses()).isZero();
        assertThat(recorded.poolTokens()).isEqualTo(REAL.poolTokens());
        simulate(Map.of(), AGENTS, recording);
        assertThat(recording.recorded().agents()).hasSize(12);
    }

    @Test
    void aLogWithoutAnswersOrWithoutAPoolSaysSo() {
        Recorded nothing = new Recording(10).recorded();

        assertThatThrownBy(() -> new Replay(nothing, Preset.TINY, 0)).hasMessageContaining("pool");
        assertThatThrownBy(() -> new Replay(nothing, Preset.TINY, 1_000)).hasMessageContaining("no answered step");
    }

    private static Recorded record(Map<String, ?> settings) {
        return record(settings, AGENTS);
    }

    private static Recorded record(Map<String, ?> settings, List<AgentScript> agents) {
        Recording recording = new Recording(Integer.MAX_VALUE);
        simulate(settings, agents, recording);
        return recording.recorded();
    }

    private static void simulate(Map<String, ?> settings, List<AgentScript> agents, Recording recording) {
        SluiceConfig config = ConfigReader.read("", settings).config();
        GateObserver observer = new GateObserver() {
            @Override
            public void onDecision(Decision decision) {
                recording.onDecision(decision);
            }
        };
        Preset engine = agents == AGENTS ? REAL : REAL.withPoolTokens(65_536).withoutContextLimit();
        new Simulation(config, engine, Conditions.GOOD, observer).run(agents);
    }
}
