package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Snapshot;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.LawConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.emulator.Preset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs in virtual time: agents, the production gate and laws, the emulator's core, everything from a seed. */
final class ScenarioTest {

    /** Agents that outgrow the pool nearly three times over, with long prompts and short answers. */
    private static final AgentShape CROWD = new AgentShape(6, 256, 1_800, 250, 5, 0.1, 0.6);

    /** Agents that fit, however they grow. */
    private static final AgentShape FEW = new AgentShape(6, 256, 900, 250, 5, 0.1, 0.6);

    private static final Preset ENGINE = Preset.TINY;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aCrowdThrashesTheEngineAloneAndFlowsThroughTheGate(long seed) {
        List<AgentScript> scripts = CROWD.atOnce(16, seed);

        Outcome alone = run(scripts, Map.of("law.name", "off"));
        Outcome governed = run(scripts, Map.of());

        assertThat(alone.hitRate()).isLessThan(0.5);
        assertThat(governed.hitRate()).isGreaterThan(0.75);
        assertThat(governed.recomputedTokens()).isLessThan(alone.recomputedTokens() / 10);
        assertThat(governed.makespanSeconds()).isLessThan(alone.makespanSeconds() / 1.5);
    }

    @ParameterizedTest
    @EnumSource
    void underEveryLawAllAgentsReachTheirEnd(LawConfig.Name law) {
        List<AgentScript> scripts = CROWD.atOnce(16, 4);

        Outcome outcome = run(scripts, Map.of("law.name", law.label()));

        assertThat(outcome.steps()).isEqualTo(steps(scripts));
    }

    @ParameterizedTest
    @ValueSource(longs = {8_192, 32_768})
    void aPoolThatIsConfiguredWrongSlowsDownButStopsNobody(long poolTokens) {
        List<AgentScript> scripts = CROWD.atOnce(16, 5);

        Outcome outcome = run(scripts, Map.of("pool.tokens", poolTokens));

        assertThat(outcome.steps()).isEqualTo(steps(scripts));
    }

    @Test
    void agentsThatFitAreNotHeld() {
        Outcome outcome = run(FEW.atOnce(2, 6), Map.of());

        assertThat(outcome.longestWaitSeconds()).isZero();
    }

    @Test
    void equalSeedsGiveEqualRuns() {
        assertThat(run(CROWD.atOnce(16, 7), Map.of())).isEqualTo(run(CROWD.atOnce(16, 7), Map.of()));
        assertThat(run(CROWD.atOnce(16, 7), Map.of())).isNotEqualTo(run(CROWD.atOnce(16, 8), Map.of()));
    }

    @Test
    void theGateIsConsistentAfterEachEvent() {
        Simulation simulation = new Simulation(config(Map.of("queue.maxSteps", 12)), ENGINE, Conditions.GOOD);

        simulation.run(CROWD.atOnce(16, 9), now -> {
            Snapshot gate = now.snapshot();
            assertThat(gate.permits()).isEqualTo(gate.agents().running());
            assertThat(gate.queue().size()).isEqualTo(gate.agents().waiting());
            assertThat(gate.queue().size()).isLessThanOrEqualTo(12);
            if (gate.permits() > 1) {
                assertThat(gate.pressure()).isLessThanOrEqualTo(1);
            }
        });

        Snapshot rest = simulation.snapshot();
        assertThat(rest.permits()).isZero();
        assertThat(rest.queue().size()).isZero();
        assertThat(rest.queue().bytes()).isZero();
    }

    private static Outcome run(List<AgentScript> scripts, Map<String, ?> settings) {
        return new Simulation(config(settings), ENGINE, Conditions.GOOD).run(scripts);
    }

    private static SluiceConfig config(Map<String, ?> settings) {
        ConfigReader.Result result = ConfigReader.read("", settings);
        assertThat(result.problems()).isEmpty();
        return result.config();
    }

    private static int steps(List<AgentScript> scripts) {
        return scripts.stream().mapToInt(script -> script.steps().size()).sum();
    }
}
