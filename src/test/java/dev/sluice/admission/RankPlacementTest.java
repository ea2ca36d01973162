package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigReader;
import dev.sluice.control.EngineSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RankPlacementTest {

    private final RankPlacement ranks = new RankPlacement();

    @Test
    void anAgentGoesWhereLeastIsHeldAndStaysThere() {
        ranks.resize(2);
        Agent large = agent("large", false);
        assertThat(place(large, 9_000)).isZero();
        assertThat(place(agent("b", false), 4_000)).isEqualTo(1);
        assertThat(place(agent("c", false), 4_000)).isEqualTo(1);
        assertThat(goOn(large, 12_000)).isZero();
        assertThat(place(agent("d", false), 2_000)).isEqualTo(1);
        assertThat(place(agent("e", false), 2_000)).isZero();
    }

    @Test
    void whatWasGivenUpMakesRoomAtTheNextLook() {
        ranks.resize(2);
        List<Agent> agents = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Agent agent = agent("a" + i, false);
            place(agent, 1_000);
            agent.heldTokens = agent.rank == 0 ? 0 : 1_000;
            agents.add(agent);
        }
        ranks.refresh(agents);
        assertThat(place(agent("b", false), 1_500)).isZero();
        assertThat(place(agent("c", false), 100)).isZero();
    }

    @Test
    void whoHasLostItsPrefixMovesWhereThatLevelsTheRanks() {
        ranks.resize(2);
        Agent first = agent("first", false);
        place(first, 3_000);
        Agent second = agent("second", false);
        place(second, 2_900);
        place(agent("third", false), 3_000);
        // Rank 1 holds 5,900 and rank 0 3,000.
        assertThat(place(second, 2_900)).isEqualTo(1);
        assertThat(goOn(second, 1)).isEqualTo(1);
        // Rank 1 holds 8,800 by now.
        assertThat(place(second, 2_900)).isZero();
        assertThat(goOn(second, 2_900)).isZero();
        assertThat(place(first, 100_000)).isZero();
    }

    @Test
    void theEngineChoosesForOneStepForOneRankAndWhereNobodyIsToBePlaced() {
        assertThat(place(agent("a", false), 1)).isNegative();
        ranks.resize(1);
        assertThat(place(agent("a", false), 1)).isNegative();
        ranks.resize(4);
        assertThat(place(agent("a", true), 1)).isNegative();
    }

    @Test
    void aRankThatIsNoMoreIsLeft() {
        ranks.resize(3);
        place(agent("a", false), 10);
        place(agent("b", false), 10);
        Agent third = agent("c", false);
        assertThat(place(third, 10)).isEqualTo(2);
        ranks.resize(2);
        assertThat(place(third, 10)).isBetween(0, 1);
    }

    @Test
    void theGatePlacesAgentsOnceTheEngineShowsItsRanks() {
        AdmissionController pinning =
                new AdmissionController(ConfigReader.read("engine: {pinRanks: true}\npool: {tokens: 100000}", Map.of())
                        .config());
        assertThat(rank(pinning, 1, "a")).isNegative();
        EngineSample two = new EngineSample(0, -1, "", Double.NaN, 0, 0, -1, -1, -1, -1, -1, -1, false, 2);
        pinning.onSignal(two, 0);
        assertThat(rank(pinning, 2, "b")).isZero();
        assertThat(rank(pinning, 3, "c")).isEqualTo(1);
    }

    @Test
    void nobodyIsPlacedWhereNothingIsEnforced() {
        for (String mode : new String[] {"shadow", "\"off\""}) {
            AdmissionController watching = new AdmissionController(
                    ConfigReader.read("mode: " + mode, Map.of()).config());
            watching.onSignal(new EngineSample(0, -1, "", Double.NaN, 0, 0, -1, -1, -1, -1, -1, -1, false, 2), 0);
            assertThat(rank(watching, 1, "a")).isNegative();
        }
    }

    /** Without its prefix held. */
    private int place(Agent agent, double tokens) {
        return ranks.place(Arrivals.step(agent, tokens));
    }

    private int goOn(Agent agent, double tokens) {
        Step step = Arrivals.step(agent, tokens);
        step.wasHeld = true;
        return ranks.place(step);
    }

    private static int rank(AdmissionController controller, long stepId, String agent) {
        controller.onArrival(stepId, new Arrival(agent, "test", "default", null, false, true, 4_000, 0), 0);
        Verdict verdict = controller.poll();
        assertThat(verdict).isInstanceOf(Verdict.Forward.class);
        return ((Verdict.Forward) verdict).rank();
    }

    private static Agent agent(String id, boolean anonymous) {
        return new Agent(new Arrival(id, "test", "default", null, anonymous, true, 100, -1), null, 0);
    }
}
