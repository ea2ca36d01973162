package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.AgentState;
import dev.sluice.admission.Snapshot;
import dev.sluice.config.ConfigReader;
import dev.sluice.emulator.Preset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two tenants with the same load, of whom one may count for more. */
final class TenantSharesTest {

    private static final AgentShape SHAPE = new AgentShape(6, 256, 1_000, 250, 5, 3, 1.2);
    private static final int AGENTS_EACH = 160;

    private double heavyTokenSeconds;
    private double lightTokenSeconds;
    private double heavyTokens;
    private double lightTokens;
    private boolean bothAtTheDoor;
    private long lastNanos;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void thePoolIsSharedByWeightWhileBothWaitAtTheDoor(int weight) {
        SplittableRandom chance = new SplittableRandom(1);
        List<AgentScript> scripts = new ArrayList<>();
        for (int agent = 0; agent < AGENTS_EACH; agent++) {
            scripts.add(SHAPE.script("light-" + agent, "light", 0, chance.split()));
            scripts.add(SHAPE.script("heavy-" + agent, "heavy", 0, chance.split()));
        }
        ConfigReader.Result config = ConfigReader.read("tenants: {weights: {heavy: " + weight + "}}", Map.of());
        assertThat(config.problems()).isEmpty();

        new Simulation(config.config(), Preset.TINY.withPoolTokens(65_536), Conditions.GOOD).run(scripts, this::watch);

        assertThat(heavyTokenSeconds / lightTokenSeconds / weight).isBetween(0.9, 1.1);
    }

    private void watch(Simulation now) {
        double seconds = (now.time().nowNanos() - lastNanos) / 1e9;
        if (seconds < 0.5) {
            return;
        }
        lastNanos = now.time().nowNanos();
        if (bothAtTheDoor) {
            heavyTokenSeconds += heavyTokens * seconds;
            lightTokenSeconds += lightTokens * seconds;
        }
        Snapshot gate = now.snapshot();
        heavyTokens = held(gate, "heavy");
        lightTokens = held(gate, "light");
        bothAtTheDoor = isAtTheDoor(gate, "heavy") && isAtTheDoor(gate, "light");
    }

    private static double held(Snapshot gate, String tenant) {
        return gate.list().stream()
                .filter(agent -> agent.tenant().equals(tenant))
                .filter(agent -> agent.state() == AgentState.RUNNING || agent.state() == AgentState.RESIDENT)
                .mapToDouble(Snapshot.AgentView::footprintTokens)
                .sum();
    }

    private static boolean isAtTheDoor(Snapshot gate, String tenant) {
        return gate.list().stream()
                .anyMatch(agent ->
                        agent.tenant().equals(tenant) && agent.state() == AgentState.WAITING && agent.steps() == 0);
    }
}
