package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.config.AgentsConfig;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * Survival and index by hand, of a model whose prior lies in the first bin, below 0.1 s: two and a half agents return there, two
 * and a half never. Ten seconds lie in the bin from 8.65 to 12.97 s.
 */
final class PauseTableTest {

    private static final Offset<Double> CLOSE = within(1e-6);
    private static final double BIN_SECONDS = 0.1 * (Math.pow(1.5, 12) - Math.pow(1.5, 11));

    private final PauseModel model = new PauseModel(1e-9, 0.5, false);

    @Test
    void ofThePriorHalfReturnInTheMiddleOfTheFirstBin() {
        assertThat(model.goneChance(0)).isEqualTo(0.5, CLOSE);
        assertThat(model.goneChance(0.1)).isEqualTo(1, CLOSE);
        assertThat(model.meanSeconds()).isEqualTo(0.05, CLOSE);
        // Half of them, after 0.1 · (1 − 0.5 / 2) s held.
        assertThat(model.returnRatePerSecond(0.09)).isEqualTo(0.5 / 0.075, CLOSE);
        assertThat(model.returnRatePerSecond(0.1)).isEqualTo(0, CLOSE);
    }

    @Test
    void returnsAndEndsAndSilencesMakeTheHazards() {
        returned(5, 10);
        for (int gone = 0; gone < 3; gone++) {
            model.onGone(100);
        }
        model.refresh();
        // 2.5 of 13 in the first bin, 5 of 10.5 in that of ten seconds.
        assertThat(model.goneChance(5)).isEqualTo(1 - 5 / 10.5, CLOSE);
        assertThat(model.goneChance(0)).isEqualTo((1 - 2.5 / 13) * (1 - 5 / 10.5), CLOSE);
        model.onSilent(PauseModel.bin(50), 4);
        model.refresh();
        assertThat(model.goneChance(5)).isEqualTo(1 - 5 / 14.5, CLOSE);
    }

    @Test
    void whoWasGivenUpInABinWasAtRiskInIt() {
        returned(5, 10);
        for (int gone = 0; gone < 3; gone++) {
            model.onGone(10);
        }
        model.refresh();
        assertThat(model.goneChance(5)).isEqualTo(1 - 5 / 10.5, CLOSE);
    }

    @Test
    void theIndexIsTheBestRateOverAllHorizons() {
        returned(5, 10);
        model.refresh();
        // From within the bin: two in three return while it is held for 1 − (2/3) / 2 of its width.
        assertThat(model.returnRatePerSecond(10)).isEqualTo(2 / 3.0 / (2 / 3.0 * BIN_SECONDS), CLOSE);
        // From 0.1 s on: the whole way there first.
        double wayThere = 0.1 * Math.pow(1.5, 11) - 0.1;
        assertThat(model.returnRatePerSecond(0.1)).isEqualTo(2 / 3.0 / (wayThere + 2 / 3.0 * BIN_SECONDS), CLOSE);
        // At once: a quarter in the first bin is better than any horizon beyond.
        assertThat(model.returnRatePerSecond(0)).isEqualTo(0.25 / 0.0875, CLOSE);
        assertThat(model.returnRatePerSecond(13)).isEqualTo(0, CLOSE);
    }

    @Test
    void theMeanIsThatOfThoseWhoReturn() {
        returned(5, 10);
        model.refresh();
        double middle = 0.1 * (Math.pow(1.5, 11) + Math.pow(1.5, 12)) / 2;
        assertThat(model.meanSeconds()).isEqualTo((0.05 + 2 * middle) / 3, CLOSE);
        assertThat(model.heldSeconds(0)).isEqualTo(model.meanSeconds(), CLOSE);
    }

    @Test
    void aPrefixIsHeldAsLongAsItsIndexIsNotBelowTheRate() {
        returned(5, 10);
        model.refresh();
        double first = model.returnRatePerSecond(0);
        // A third of those who return do so in the first bin, the others stay for all of it.
        assertThat(model.heldSeconds(first)).isEqualTo((0.05 + 2 * 0.1) / 3, CLOSE);
        assertThat(model.heldSeconds(first + 1e-9)).isZero();
    }

    @Test
    void beyondTwoThousandReturnsTheOlderHalfIsLetGo() {
        for (int gone = 0; gone < 1_000; gone++) {
            model.onGone(100);
        }
        returned(2_000, 10);
        assertThat(model.seen()).isEqualTo(2_000);
        returned(1, 10);
        assertThat(model.seen()).isEqualTo(1_000.5);
        model.refresh();
        // The prior of those who never return stays.
        assertThat(model.goneChance(5)).isEqualTo(1 - 1_000.5 / (2.5 + 500 + 1_000.5), CLOSE);
    }

    @Test
    void theLongestPausesShareTheLastBin() {
        returned(5, 1e9);
        model.refresh();
        assertThat(model.goneChance(1e12)).isEqualTo(2.5 / 7.5, CLOSE);
    }

    private void returned(int times, double seconds) {
        for (int time = 0; time < times; time++) {
            model.onReturn(seconds);
        }
    }

    @Test
    void afterAToolCallNearlyEverybodyReturnsSoonAndAfterATurnHalfDoAfterAMinute() {
        Pauses pauses = new Pauses();
        Agent agent = Arrivals.agent("a");
        agent.lastFinish = Finish.TOOL_CALL;
        assertThat(pauses.of(agent).goneChance(0)).isCloseTo(0.01, within(0.001));
        double tool = pauses.of(agent).meanSeconds();
        agent.lastFinish = Finish.END_OF_TURN;
        assertThat(pauses.of(agent).goneChance(0)).isCloseTo(0.5, within(0.01));
        double person = pauses.of(agent).meanSeconds();
        agent.lastFinish = Finish.UNKNOWN;
        assertThat(pauses.of(agent).goneChance(0)).isCloseTo(0.5, within(0.01));
        assertThat(pauses.of(agent).meanSeconds()).isCloseTo(tool, within(0.1));
        assertThat(person).isGreaterThan(5 * tool);
    }

    @Test
    void silencesUnderWayAreEvidence() {
        Pauses pauses = new Pauses();
        AgentTable agents = new AgentTable(() -> AgentsConfig.DEFAULT);
        Agent silent = agent(agents, "silent", 1);
        Agent other = agent(agents, "other", 1);
        Agent underWay = agent(agents, "under way", 1);
        underWay.step = Arrivals.step(underWay, 1);
        agent(agents, "unanswered", 0);
        Agent parent = agent(agents, "parent", 1);
        underWay.parent = parent;
        agents.touch(underWay);
        double before = pauses.of(silent).goneChance(1);

        pauses.refresh(agents.silences(), 600 * SECOND);
        assertThat(pauses.of(silent).goneChance(1)).isGreaterThan(before);

        // What they were counted as is forgotten once they come back.
        agents.remove(silent);
        agents.remove(other);
        agents.remove(parent);
        pauses.refresh(agents.silences(), 600 * SECOND);
        // Save for the shape of pauses, which returns to its prior look by look.
        assertThat(pauses.of(silent).goneChance(1)).isCloseTo(before, within(0.001));
    }

    private static Agent agent(AgentTable agents, String id, long steps) {
        Agent agent = Arrivals.agent(id);
        agent.steps = steps;
        agents.touch(agent);
        return agent;
    }
}
