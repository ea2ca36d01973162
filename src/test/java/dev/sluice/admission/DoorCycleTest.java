package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.config.LawConfig;
import dev.sluice.config.PoolConfig;
import dev.sluice.control.Law;
import dev.sluice.control.PoolSize;
import dev.sluice.control.WorkingSetLaw;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The share of an agent's room that the door counts: by its cycle, and by the chance that it returns. */
final class DoorCycleTest extends DoorFixture {

    @Test
    void aSilentAgentCountsByTheChanceThatItComesBack() {
        Agent agent = silent("a", 40_000, Finish.TOOL_CALL);
        agent.lastEndNanos = -60 * SECOND;
        door.refresh(0);
        // Nothing was seen: it is taken to return, and to need its room till then.
        assertThatDemandIs(40_000);
        double roundSeconds = learned.cost.seconds(40_000, 40_000);
        PauseModel model = nineAreGone(agent);
        assertThat(model.goneChance(60)).isBetween(0.1, 0.3);
        door.refresh(0);
        // Silent for long, and the only one of its kind.
        double goesOn = 2 * roundSeconds / (2 * roundSeconds + 60);
        double soonShare = (2 + 1) / (2 + 0.5 + 1);
        double soon = soonShare * goesOn / (soonShare * goesOn + 1 - soonShare);
        // Two pauses are expected of the agent inside, counted at the last look, and nine were seen.
        double trust = 1 - soon * 2 / 11.0;
        double share = shareOf(5, Math.max(60, model.meanSeconds()), model);
        assertThatDemandIs(40_000 * (1 - trust * model.goneChance(60)) * (1 - trust * (1 - share)));
    }

    /** Of a cycle of so many seconds in the engine and between steps, the part for which 40,000 tokens are needed. */
    private double shareOf(double engineSeconds, double pauseSeconds, PauseModel model) {
        double worthPerSecond = 1.0 / POOL / learned.cost.secondsPerToken(40_000);
        double held = Math.min(pauseSeconds, model.heldSeconds(worthPerSecond));
        return (engineSeconds + held) / (engineSeconds + pauseSeconds);
    }

    @Test
    void afterWorkThereIsNoSlowStartAndAPauseIsWhatOthersOfItsKindWere() {
        Agent agent = silent("a", 40_000, Finish.END_OF_TURN);
        agent.callsTools = true;
        agent.engineSeconds = 10;
        agent.pauseSeconds = 1; // of its tools
        agent.lastEndNanos = -30 * SECOND;
        PauseModel model = learned.pauses.of(agent);
        assertThat(model.meanSeconds()).isGreaterThan(60);
        door.refresh(0);
        assertThatDemandIs(40_000 * (1 - model.goneChance(30)) * shareOf(10, model.meanSeconds(), model));
    }

    @Test
    void whoseStepWaitsOrRunsOrWasNeverAnsweredIsAlive() {
        underWay("a", 10_000).lastEndNanos = -60 * SECOND;
        Agent unanswered = silent("b", 20_000, Finish.TOOL_CALL);
        unanswered.steps = 0;
        unanswered.lastEndNanos = -60 * SECOND;
        door.refresh(0);
        assertThatDemandIs(30_000);
    }

    @Test
    void anAgentWithoutIdentityIsAliveAndNeedsItsRoomAllTheTime() {
        Agent agent = new Agent(anonymousArrival(), null, 0);
        agent.started = true;
        agent.steps = 1;
        agent.contextTokens = 20_000;
        agent.lastEndNanos = -60 * SECOND;
        agents.touch(agent);
        door.refresh(0);
        assertThatDemandIs(20_000);
    }

    @Test
    void afterTheEndOfATurnAnAgentNeedsRoomForTheShareOfItsCycleInTheEngine() {
        Agent agent = between("a", 40_000);
        // Nobody holds a person's prefix at that price of room.
        agent.engineSeconds = 10;
        agent.pauseSeconds = 30;
        door.refresh(0);
        assertThatDemandIs(0.25 * 40_000);
        agent.engineSeconds = 0;
        door.refresh(0);
        assertThatDemandIs(0);
    }

    @Test
    void theEngineIsExpectedToTakeFiveSecondsAndAPauseWhatOthersTook() {
        Agent agent = between("a", 40_000);
        agent.pauseSeconds = 35;
        door.refresh(0);
        assertThatDemandIs(5 / 40.0 * 40_000);
        agent.pauseSeconds = -1;
        door.refresh(0);
        double mean = learned.pauses.of(agent).meanSeconds();
        assertThatDemandIs(5 / (5 + mean) * 40_000);
    }

    @Test
    void oneWhoseChildrenHoldRoomAndBeginWithItNeedsItsRoomAllTheTime() {
        Agent agent = between("a", 40_000);
        agent.engineSeconds = 10;
        agent.pauseSeconds = 30;
        agent.holdingChildren = 1;
        door.refresh(0);
        assertThatDemandIs(40_000);
    }

    @Test
    void anAgentWithoutPausesNeedsItsRoomAllTheTime() {
        Agent agent = between("a", 40_000);
        agent.pauseSeconds = 0;
        door.refresh(0);
        assertThatDemandIs(40_000);
    }

    @Test
    void aSilenceIsAPauseOfItsLengthAtLeast() {
        Agent agent = silent("a", 40_000, Finish.END_OF_TURN);
        agent.callsTools = true;
        agent.engineSeconds = 10;
        agent.lastEndNanos = -990 * SECOND;
        PauseModel model = learned.pauses.of(agent);
        assertThat(model.meanSeconds()).isLessThan(990);
        door.refresh(0);
        assertThatDemandIs(40_000 * (1 - model.goneChance(990)) * 0.01);
    }

    @Test
    void untilPausesAfterToolCallsWereSeenTwoOfEachAgentInsideAreTakenToNeedRoomThroughout() {
        Agent agent = underWay("a", 40_000);
        agent.lastFinish = Finish.TOOL_CALL;
        agent.engineSeconds = 10;
        agent.pauseSeconds = 30;
        door.refresh(0);
        assertThatDemandIs(40_000);
        for (int pause = 0; pause < 50; pause++) {
            learned.pauses.of(agent).onReturn(30);
        }
        door.refresh(0);
        assertThatDemandIs((50 * share(agent) + 2) / 52 * 40_000);
    }

    @Test
    void andFiftyAtMostHoweverManyAreInside() {
        for (int number = 0; number < 40; number++) {
            Agent agent = underWay("a" + number, 1_000);
            agent.lastFinish = Finish.TOOL_CALL;
            agent.engineSeconds = 10;
            agent.pauseSeconds = 30;
            learned.pauses.of(agent).onReturn(30);
            learned.pauses.of(agent).onReturn(30);
        }
        door.refresh(0);
        door.refresh(0);
        assertThatDemandIs((80 * share(agents.get("a0")) + 50) / 130 * 40_000);
    }

    /** Of a cycle of ten seconds in the engine and thirty between steps, the part for which room is needed. */
    private double share(Agent agent) {
        double worthPerSecond = 1.0 / POOL / learned.cost.secondsPerToken(agent.contextTokens);
        agent.lastFinish = Finish.TOOL_CALL;
        return (10 + learned.pauses.of(agent).heldSeconds(worthPerSecond)) / 40;
    }

    @Test
    void aParentIsAsAliveAsIfItHadLeftTheEngineWithItsLastChild() {
        Agent parent = silent("a", 40_000, Finish.TOOL_CALL);
        parent.lastEndNanos = -60 * SECOND;
        parent.childBusyNanos = -2 * SECOND;
        PauseModel model = nineAreGone(parent);
        assertThat(model.goneChance(2)).isLessThan(model.goneChance(60) - 0.05);
        door.refresh(0);
        // At the first look one pause is expected.
        assertThatDemandIs(40_000
                * (1 - 0.9 * model.goneChance(2))
                * (1 - 0.9 * (1 - shareOf(5, Math.max(60, model.meanSeconds()), model))));
    }

    @Test
    void roomIsNeededForThePartOfAPauseThatIsWorthIt() {
        Agent agent = between("a", 20_000);
        PauseModel model = shortPauses(agent);
        agent.engineSeconds = 10;
        agent.pauseSeconds = 30;
        nobodyReturns();
        // At the size to come, 20,000 + 24 · 1,250, a token costs 2 / 15,000 s; the price of room is 1 over the budget.
        agent.growthTokens = 1_250;
        double dearest = 7_500 / model.returnRatePerSecond(0);
        door = door((long) (1.001 * dearest), 24);
        door.refresh(0);
        assertThatDemandIs(20_000 * (10 + model.heldSeconds(1)) / 40, 1.001 * dearest);
        door = door((long) (0.999 * dearest), 24);
        door.refresh(0);
        assertThatDemandIs(20_000 * 10 / 40.0, 0.999 * dearest);
    }

    @Test
    void thePriceAtTheDoorDoesNotFollowTheEngine() {
        Agent agent = between("a", 20_000);
        PauseModel model = shortPauses(agent);
        agent.engineSeconds = 10;
        agent.pauseSeconds = 30;
        agent.growthTokens = 0;
        // 15,000 / 1.4 tokens a second at the price of 1, where the engine's own would be 0.65.
        double dearest = 15_000 / 1.4 / model.returnRatePerSecond(0);
        assertThat(demandUnderLoad((long) (1.001 * dearest)))
                .isCloseTo(20_000 * (10 + model.heldSeconds(1)) / 40, within(1.0));
        assertThat(demandUnderLoad((long) (0.999 * dearest))).isCloseTo(5_000, within(1.0));
    }

    /** Found by trying, where the pool is smaller than the demand of one. */
    private double demandUnderLoad(long poolTokens) {
        LawConfig.WorkingSet config = new LawConfig.WorkingSet(1, 10, 0, Duration.ofMinutes(3), Duration.ofSeconds(1));
        LawConfig law =
                new LawConfig(LawConfig.Name.WORKING_SET, config, LawConfig.Concur.DEFAULT, LawConfig.Static.DEFAULT);
        WorkingSetLaw loaded = (WorkingSetLaw) Law.of(law, new PoolSize(new PoolConfig(poolTokens)));
        loaded.price().onFill(1, 0);
        loaded.price().onFill(1, 600 * SECOND);
        Door busy = new Door(loaded, learned, agents);
        busy.refresh(0);
        double open = 0;
        double shut = 10 * poolTokens;
        busy.onEntered(newcomer(0.5 * shut));
        while (shut - open > 0.5) {
            double middle = (open + shut) / 2;
            if (busy.hasRoomFor(newcomer(middle))) {
                open = middle;
            } else {
                shut = middle;
            }
        }
        return 5 * poolTokens - open;
    }

    /** Nearly everybody returns after a second, so that holding for longer is worth nothing. */
    private PauseModel shortPauses(Agent agent) {
        PauseModel model = learned.pauses.of(agent);
        for (int pause = 0; pause < 1_000; pause++) {
            model.onReturn(1);
        }
        model.refresh();
        return model;
    }

    /** Then the peak of the demand is that of now. */
    private void nobodyReturns() {
        learned.lifetimes.countSilent(1, 1e9);
        learned.lifetimes.refresh();
    }
}
