package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.emulator.Preset;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever governs, and whatever goes wrong, runs come to their end and are counted. */
final class ComparisonTest {

    private static final AgentShape SHAPE = new AgentShape(6, 256, 1_800, 250, 5, 0.1, 0.6);
    private static final Workload CROWD =
            new Workload("crowd", "16 agents on a small pool", Preset.TINY, seed -> SHAPE.atOnce(16, seed));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "off",
                "gauge",
                "static-4",
                "static-tokens",
                "concur-5s",
                "gradient2",
                "vegas",
                "token-gate",
                "token-gate-mended",
                "working-set",
                "endless-cache"
            })
    void underEveryContenderAllAgentsReachTheirEnd(String law) {
        List<Comparison.Row> rows =
                new Comparison(CROWD, Conditions.GOOD, List.of(1L, 2L), false).run(List.of(law), row -> {});

        assertThat(rows).hasSize(1);
        Comparison.Row row = rows.get(0);
        assertThat(row.outcomes()).hasSize(2).allSatisfy(outcome -> {
            assertThat(outcome.failed()).isZero();
            assertThat(outcome.lifeSeconds().sorted()).hasSize(16);
        });
    }

    static List<String> faults() {
        // The restart comes after ten minutes, too late for so short a run; it has a test of its own.
        return Conditions.names().stream()
                .filter(name -> !name.equals("restart"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void underEveryFaultAllAgentsReachTheirEnd(String fault) {
        Outcome outcome = Contender.named("working-set")
                .simulation(Preset.TINY, Conditions.named(fault))
                .run(SHAPE.atOnce(10, 3));

        assertThat(outcome.failed()).isZero();
        assertThat(outcome.lifeSeconds().sorted()).hasSize(10);
    }

    @Test
    void aRestartInTheMiddleLosesNobody() {
        Conditions restart = new Conditions(
                Conditions.Clients.ENDLESS,
                1,
                true,
                Conditions.Signals.FRESH,
                0,
                Duration.ofSeconds(5),
                true,
                Conditions.Turns.LAST_ENDS,
                true);

        Outcome calm = Contender.named("working-set")
                .simulation(Preset.TINY, Conditions.GOOD)
                .run(SHAPE.atOnce(10, 3));
        Outcome outcome =
                Contender.named("working-set").simulation(Preset.TINY, restart).run(SHAPE.atOnce(10, 3));

        assertThat(outcome.lifeSeconds().sorted()).hasSize(10);
        assertThat(outcome.makespanSeconds()).isGreaterThan(calm.makespanSeconds());
    }

    @Test
    void parentsThatWaitForTheirSubAgentsDoNotLockUp() {
        List<AgentScript> families =
                Workload.named("sub-agents").scripts().apply(1).subList(0, 3);
        Preset small = Preset.DENSE_32B.withPoolTokens(49_152);

        Outcome outcome = Contender.named("working-set")
                .simulation(small, Conditions.named("impatient"))
                .run(families);

        assertThat(outcome.failed()).isZero();
        assertThat(outcome.startedWaitSeconds().max()).isLessThan(200);
    }

    @Test
    void clientsThatGiveUpAreCountedAndLeaveNothingBehind() {
        AgentShape heavy = new AgentShape(3, 0, 4_000, 500, 800, 1, 0.1);
        Simulation run = Contender.named("static-2")
                .simulation(Preset.DENSE_32B.withPoolTokens(49_152), Conditions.named("impatient"));

        Outcome outcome = run.run(heavy.atOnce(80, 1));

        assertThat(outcome.failed()).isPositive();
        assertThat(outcome.failed() + outcome.lifeSeconds().sorted().size()).isEqualTo(80);
        assertThat(run.snapshot().permits()).isZero();
        assertThat(run.snapshot().queue().size()).isZero();
    }

    @Test
    void aSettingOfTheLawIsNamedWithIt() {
        assertThat(Contender.named("working-set:growthSteps=0").name()).isEqualTo("working-set:growthSteps=0");
        assertThatThrownBy(() -> Contender.named("working-set:growthSteps=-1"))
                .hasMessage("law.workingSet.growthSteps: -1 (expected: 0..1000)");
        assertThatThrownBy(() -> Contender.named("working-set:steps=1"))
                .hasMessageStartingWith("law.workingSet.steps: unknown key");
        assertThatThrownBy(() -> Contender.named("working-set:growthSteps"))
                .hasMessage("law: working-set:growthSteps (expected: working-set:SETTING=VALUE)");
    }

    @Test
    void unknownNamesAreRefusedWithAllThereAre() {
        assertThatThrownBy(() -> Contender.named("best"))
                .hasMessage("law: best (expected one of: off, gauge, static-N, static-tokens, concur-Ns, gradient2,"
                        + " vegas, token-gate, token-gate-mended, working-set,"
                        + " working-set:SETTING=VALUE)");
        assertThatThrownBy(() -> Conditions.named("fire"))
                .hasMessageStartingWith("fault: fire (expected one of: none,");
        assertThatThrownBy(() -> Workload.named("x")).hasMessageStartingWith("workload: x (expected one of: batch,");
    }
}
