package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.emulator.Preset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound is met where a run is known by hand, and no law comes below it on any small load. */
final class LowerBoundTest {

    /** An iteration: 5 ms, and 15 ms of weights or 0.3 ms a token. */
    private static final Preset ENGINE = Preset.TINY;

    private static final int RANDOM_LOADS = 12;

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 60, 900})
    void oneAgentAloneMeetsIt(int toolTokens) {
        List<AgentScript> one = new AgentShape(5, 256, 800, toolTokens, 20, 2, 0.5).atOnce(1, 3);

        LowerBound bound = LowerBound.of(ENGINE, one);
        Outcome run = run("off", ENGINE, one);

        assertThat(run.makespanSeconds()).isCloseTo(bound.makespanSeconds(), within(0.0005 * run.makespanSeconds()));
        assertThat(run.lifeSeconds().mean()).isCloseTo(bound.meanSeconds(), within(0.0005 * run.makespanSeconds()));
    }

    @Test
    void aPoolForTwoMakesFourGenerateInPairs() {
        // 8,000 tokens of prompt in a pool of 16,384; 200 tokens each after the first: 4 · 199 · (20 ms · 8,100 /
        // 16,384
        // + 4 ns · 8,100), and 8,000 tokens computed four times: 300 µs each less 15 ms for the two iterations that
        // they
        // at least fill half, and 1 ns for each pair of tokens.
        List<AgentScript> four = List.of(single(1), single(2), single(3), single(4));

        double decode = 4 * 199 * (0.020 * 8_099 / 16_384 + 4e-9 * 8_099);
        double compute = 4 * (8_000 * 300e-6 - 0.015 * (1 + 8_000 / (2_048 - 50.0)));
        double attention = 4 * 8_000.0 * 7_999 / 2 * 1e-9;
        LowerBound bound = LowerBound.of(ENGINE, four);

        assertThat(bound.makespanSeconds()).isCloseTo(decode + compute + attention, within(0.001));
        assertThat(bound.meanSeconds()).isCloseTo((decode + compute + attention) * 2.5 / 4, within(0.001));
    }

    @Test
    void whatIsHeldThroughPausesTakesThePool() {
        AgentShape short0 = new AgentShape(8, 0, 3_000, 200, 30, 0, 0);
        AgentShape long10 = new AgentShape(8, 0, 3_000, 200, 30, 10, 0);

        double work = LowerBound.of(ENGINE, short0.atOnce(20, 1)).makespanSeconds();
        double alone = LowerBound.of(ENGINE, long10.atOnce(1, 1)).makespanSeconds();
        double both = LowerBound.of(ENGINE, long10.atOnce(20, 1)).makespanSeconds();

        // Neither the work nor one agent's own life says it: holding costs pool, dropping costs compute.
        assertThat(both).isGreaterThan(1.2 * Math.max(work, alone));
    }

    @Test
    void aLateArrivalIsWaitedFor() {
        AgentScript late = new AgentScript(
                "late",
                "default",
                AgentScript.Kind.AGENT,
                100_000_000_000L,
                0,
                single(1).steps());

        LowerBound alone = LowerBound.of(ENGINE, List.of(single(1)));
        LowerBound after = LowerBound.of(ENGINE, List.of(late));

        assertThat(after.makespanSeconds()).isCloseTo(100 + alone.makespanSeconds(), within(1e-6));
        assertThat(after.meanSeconds()).isCloseTo(alone.meanSeconds(), within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "static-2", "static-5", "concur-1s", "token-gate-mended", "working-set"})
    void noLawComesBelowIt(String law) {
        for (int load = 0; load < RANDOM_LOADS; load++) {
            List<AgentScript> scripts = randomLoad(load);
            for (Preset engine : List.of(ENGINE, ENGINE.withPoolTokens(1 << 20))) {
                LowerBound bound = LowerBound.of(engine, scripts);
                Outcome run = run(law, engine, scripts);

                assertThat(run.failed()).isZero();
                assertThat(run.makespanSeconds())
                        .as("load %d", load)
                        .isGreaterThanOrEqualTo(bound.makespanSeconds() - 1e-6);
                assertThat(run.lifeSeconds().mean())
                        .as("load %d", load)
                        .isGreaterThanOrEqualTo(bound.meanSeconds() - 1e-6);
            }
        }
    }

    private static AgentScript single(long owner) {
        AgentScript.StepScript step = new AgentScript.StepScript(8_000, 200, 0, Content.own(owner, null, 0), List.of());
        return new AgentScript("agent-" + owner, "default", AgentScript.Kind.AGENT, 0, 0, List.of(step));
    }

    /** A few agents of a random shape, some late, some with sub-agents, with short answers or long, pauses or none. */
    private static List<AgentScript> randomLoad(int number) {
        SplittableRandom chance = new SplittableRandom(number);
        AgentShape shape = new AgentShape(
                2 + chance.nextInt(5),
                16 * chance.nextInt(40),
                200 + chance.nextInt(1_500),
                1 + chance.nextInt(500),
                1 + chance.nextInt(60),
                chance.nextInt(3) * chance.nextDouble(),
                0.8);
        List<AgentScript> scripts = new ArrayList<>();
        for (int agent = 0; agent < 3 + chance.nextInt(8); agent++) {
            long startNanos = chance.nextInt(3) == 0 ? chance.nextLong(10_000_000_000L) : 0;
            AgentScript script = shape.script("agent-" + agent, "default", startNanos, chance.split());
            scripts.add(chance.nextInt(3) == 0 ? withChildren(script, chance) : script);
        }
        return scripts;
    }

    private static AgentScript withChildren(AgentScript parent, SplittableRandom chance) {
        AgentScript.StepScript first = parent.steps().get(0);
        List<AgentScript> children = new ArrayList<>();
        for (int child = 0; child < 2; child++) {
            Content content = Content.own(chance.nextLong(), first.content(), first.contextTokens());
            AgentScript.StepScript step = new AgentScript.StepScript(
                    first.contextTokens() + 1 + chance.nextInt(300), 1 + chance.nextInt(30), 0, content, List.of());
            children.add(new AgentScript(
                    parent.name() + "." + child,
                    parent.tenant(),
                    AgentScript.Kind.AGENT,
                    0,
                    first.contextTokens(),
                    List.of(step, step)));
        }
        List<AgentScript.StepScript> steps = new ArrayList<>(parent.steps());
        steps.set(
                0,
                new AgentScript.StepScript(
                        first.promptTokens(), first.outputTokens(), first.pauseNanos(), first.content(), children));
        return new AgentScript(
                parent.name(), parent.tenant(), parent.kind(), parent.startNanos(), parent.sharedTokens(), steps);
    }

    private static Outcome run(String law, Preset engine, List<AgentScript> scripts) {
        return Contender.named(law).simulation(engine, Conditions.GOOD).run(scripts);
    }
}
