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
        assertThat(ranks.place(large, 9_000)).isZero();
        assertThat(ranks.place(agent("b", false), 4_000)).isEqualTo(1);
        assertThat(ranks.place(agent("c", false), 4_000)).isEqualTo(1);
        assertThat(ranks.place(large, 12_000)).isZero();
        assertThat(ranks.place(agent("d", false), 2_000)).isEqualTo(1);
        assertThat(ranks.place(agent("e", false), 2_000)).isZero();
    }

    @Test
    void whatWasGivenUpMakesRoomAtTheNextLook() {
        ranks.resize(2);
        List<Agent> agents = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Agent agent = agent("a" + i, false);
            ranks.place(agent, 1_000);
            agent.heldTokens = agent.rank == 0 ? 0 : 1_000;
            agents.add(agent);
        }
        ranks.refresh(agents);
        assertThat(ranks.place(agent("b", false), 1_500)).isZero();
        assertThat(ranks.place(agent("c", false), 100)).isZero();
    }

    @Test
    void theEngineChoosesForOneStepForOneRankAndWhereNobodyIsToBePlaced() {
        assertThat(ranks.place(agent("a", false), 1)).isNegative();
        ranks.resize(1);
        assertThat(ranks.place(agent("a", false), 1)).isNegative();
        ranks.resize(4);
        assertThat(ranks.place(agent("a", true), 1)).isNegative();
    }

    @Test
    void aRankThatIsNoMoreIsLeft() {
        ranks.resize(3);
        ranks.place(agent("a", false), 10);
        ranks.place(agent("b", false), 10);
        Agent third = agent("c", false);
        assertThat(ranks.place(third, 10)).isEqualTo(2);
        ranks.resize(2);
        assertThat(ranks.place(third, 10)).isBetween(0, 1);
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
