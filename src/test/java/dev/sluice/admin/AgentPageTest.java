package dev.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.admission.AgentState;
import dev.sluice.admission.Explanation;
import dev.sluice.admission.PrefixHealth;
import dev.sluice.admission.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of an idle agent whose prefix is kept. */
final class AgentPageTest {

    @Test
    void whatItsPrefixIsWorthTellsWhetherItStays() {
        assertThat(resident(2).toString()).contains("2.00 times the price of its room: it stays", "\"holdRatio\":2.0");
        assertThat(resident(0.5).toString()).contains("it gives way as soon as a step needs the room");
    }

    @Test
    void aPrefixThatSubAgentsHoldStays() {
        assertThat(resident(Double.POSITIVE_INFINITY).toString())
                .contains("stays as long as sub-agents that begin with it hold room", "\"holdRatio\":null");
    }

    private static ObjectNode resident(double holdRatio) {
        Snapshot.AgentView agent = new Snapshot.AgentView(
                "a",
                "none",
                "default",
                null,
                AgentState.RESIDENT,
                900,
                0,
                1_000,
                3,
                0,
                0,
                -1,
                "",
                PrefixHealth.SOUND,
                -1);
        Explanation.Cost cost = new Explanation.Cost(0, 0, 0, "", -1, 0, 0, 0, 0, 0);
        return AgentPage.of(new Explanation(agent, List.of(), -1, -1, holdRatio, false, cost));
    }
}
