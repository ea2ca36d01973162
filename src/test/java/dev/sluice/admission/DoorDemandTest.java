package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.config.AgentsConfig;
import dev.sluice.config.LawConfig;
import dev.sluice.config.PoolConfig;
import dev.sluice.control.Law;
import dev.sluice.control.PoolSize;
import dev.sluice.control.WorkingSetLaw;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The demand that the door counts, term by term. The budgets are the whole pool, and time stands at zero. */
final class DoorDemandTest {

    private static final long POOL = 100_000;
    private static final long SECOND = GateBench.SECOND;

    private final Learning learned = new Learning();
    private final AgentTable agents = new AgentTable(() -> AgentsConfig.DEFAULT);
    private Door door = door(POOL, 0);

    /** A door that looks so many steps ahead. */
    private Door door(long poolTokens, int growthSteps) {
        LawConfig.WorkingSet config =
                new LawConfig.WorkingSet(1, 1, growthSteps, Duration.ofMinutes(3), Duration.ofSeconds(1));
        LawConfig law =
                new LawConfig(LawConfig.Name.WORKING_SET, config, LawConfig.Concur.DEFAULT, LawConfig.Static.DEFAULT);
        PoolSize pool = new PoolSize(new PoolConfig(poolTokens));
        return new Door((WorkingSetLaw) Law.of(law, pool), learned, agents);
    }

    @Test
    void newcomersEnterUpToTheBudgetAndNotATokenBeyond() {
        door.onEntered(newcomer(40_000));
        door.onEntered(newcomer(40_000));
        assertThat(door.hasRoomFor(newcomer(20_000))).isTrue();
        assertThat(door.hasRoomFor(newcomer(20_001))).isFalse();
    }

    @Test
    void aNewcomerCountsAsHalfOfTheBudgetAtMost() {
        door.onEntered(newcomer(50_000));
        assertThat(door.hasRoomFor(newcomer(300_000))).isTrue();
        door.onEntered(newcomer(1));
        assertThat(door.hasRoomFor(newcomer(300_000))).isFalse();
    }

    @Test
    void whoHasEnteredIsCountedByTheNextLookAtTheAgents() {
        door.onEntered(newcomer(90_000));
        door.refresh(0);
        assertThatDemandIs(0);
    }

    @Test
    void whatNewcomersHaveInCommonIsCountedOnce() {
        learned.footprints.onAnswer(
                Arrivals.agent(Arrivals.newcomer("first", 0), 0),
                Arrivals.step(
                        Arrivals.agent("first"),
                        Arrivals.newcomer("first", 0),
                        new Footprints.Estimate(60_000, 0, 60_000),
                        0),
                new Usage(60_000, 50_000, 0, Finish.UNKNOWN));
        door.refresh(0);
        assertThatDemandIs(10_000);
    }

    @Test
    void anAgentCountsWithWhatItHoldsOrWithItsOwnContextWhicheverIsLarger() {
        Agent agent = underWay("a", 20_000);
        agent.sharedTokens = 5_000;
        agent.heldTokens = 18_000;
        door.refresh(0);
        assertThatDemandIs(18_000);
        agent.heldTokens = 10_000;
        door.refresh(0);
        assertThatDemandIs(15_000);
    }

    @Test
    void aNewcomerCountsWhileItRuns() {
        Agent agent = underWay("a", 20_000);
        agent.started = false;
        door.refresh(0);
        assertThatDemandIs(0);
        agent.state = AgentState.RUNNING;
        door.refresh(0);
        assertThatDemandIs(20_000);
    }

    @Test
    void aSilentAgentCountsByTheChanceThatItComesBack() {
        Agent agent = silent("a", 40_000, Finish.TOOL_CALL);
        agent.lastEndNanos = -60 * SECOND;
        door.refresh(0);
        // Nothing was seen: it is taken to return, and to need its room till then.
        assertThatDemandIs(40_000);
        PauseModel model = nineAreGone(agent);
        assertThat(model.goneChance(60)).isBetween(0.1, 0.3);
        door.refresh(0);
        // Two of the agent inside, counted at the last look, and nine that were seen.
        double trust = 9 / 11.0;
        double share = shareOf(5, Math.max(60, model.meanSeconds()), model);
        assertThatDemandIs(40_000 * (1 - trust * model.goneChance(60)) * (1 - trust * (1 - share)));
    }

    /** Of its pauses, nine are known not to have ended. */
    private PauseModel nineAreGone(Agent agent) {
        PauseModel model = learned.pauses.of(agent);
        for (int other = 0; other < 9; other++) {
            model.onGone(60);
        }
        model.refresh();
        return model;
    }

    /** Of a cycle of so many seconds in the engine and between steps, the part for which 40,000 tokens are needed. */
    private double shareOf(double engineSeconds, double pauseSeconds, PauseModel model) {
        double worthPerSecond = 1.0 / POOL / learned.cost.secondsPerToken(40_000);
        double held = Math.min(pauseSeconds, model.heldSeconds(worthPerSecond));
        return (engineSeconds + held) / (engineSeconds + pauseSeconds);
    }

    @Test
    void whoEndsATurnThatItCalledToolsInHasNoSlowStart() {
        Agent agent = silent("a", 40_000, Finish.END_OF_TURN);
        agent.engineSeconds = 10;
        agent.pauseSeconds = 30;
        agent.lastEndNanos = -30 * SECOND;
        door.refresh(0);
        assertThatDemandIs(40_000);
        agent.callsTools = true;
        PauseModel model = learned.pauses.of(agent);
        door.refresh(0);
        assertThatDemandIs(40_000 * (1 - model.goneChance(30)) * shareOf(10, 30, model));
    }

    @Test
    void anEngineThatHasIdledForTwiceAsLongAsAPromptTakesPaysForIt() {
        double seconds = learned.cost.seconds(15_000, 15_000);
        assertThat(door.isPaidFor(newcomer(15_000), 2 * seconds + 0.001)).isTrue();
        assertThat(door.isPaidFor(newcomer(15_000), 2 * seconds - 0.001)).isFalse();
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
        agent.pauseSeconds = 30;
        agent.lastEndNanos = -90 * SECOND;
        double alive = 1 - learned.pauses.of(agent).goneChance(90);
        door.refresh(0);
        assertThatDemandIs(alive * 0.1 * 40_000);
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
    void olderAgentsEndSoonerWhereLivesAreOfOneLength() {
        for (int agent = 0; agent < 1_000; agent++) {
            for (int step = 1; step < 30; step++) {
                learned.lifetimes.onReturn(step);
            }
            learned.lifetimes.onEnd(30);
        }
        learned.lifetimes.refresh();
        Agent young = underWay("a", 10_000);
        young.growthTokens = 1_000;
        door = door(POOL, 12);
        door.refresh(0);
        double most = learned.lifetimes.chance(1, 12) * 22_000;
        assertThat(door.hasRoomFor(newcomer((long) (POOL - most) - 10))).isTrue();
        young.steps = 29;
        door.refresh(0);
        assertThat(door.hasRoomFor(newcomer(POOL - 10_010))).isTrue();
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

    @Test
    void thereIsTimeForWhomTheEngineCouldServeWithNothingCached() {
        Agent agent = between("a", 50_000);
        agent.engineSeconds = 10;
        agent.pauseSeconds = 30;
        agent.growthTokens = 0;
        door.refresh(0);
        // No pause was seen: the cycle is the time in the engine. 50,000 tokens take 50,000 / 15,000 · 1.5 = 5 s of its
        // 10.
        assertThat(door.hasTimeFor(newcomer(30_000))).isTrue();
        assertThat(door.hasTimeFor(newcomer(45_000))).isFalse();
        for (int pause = 0; pause < 50; pause++) {
            learned.pauses.of(agent).onReturn(30);
        }
        door.refresh(0);
        // Nearly all of the pause counts now: 5 s of 10 + 30 · 50 / 52.
        assertThat(door.hasTimeFor(newcomer(160_000))).isTrue();
        assertThat(door.hasTimeFor(newcomer(175_000))).isFalse();
    }

    @Test
    void nobodyKnownMeansNoTimeForAnybody() {
        door.refresh(0);
        assertThat(door.hasTimeFor(newcomer(1))).isFalse();
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
        learned.lifetimes.countSilent(Lifetimes.bin(1), 1e9);
        learned.lifetimes.refresh();
    }

    @Test
    void thePeakToComeIsWithinTheStepsThatTheDoorLooksAhead() {
        assertThatThreeAlikeNeed(30_000, 1_000, 0);
        // 0.95² · 12,000 each
        assertThatThreeAlikeNeed(32_490, 1_000, 2);
        // After 9 steps, of those looked at: 0.95^9 · 19,000 = 11,974.73 each
        assertThatThreeAlikeNeed(35_924.19, 1_000, 24);
    }

    @Test
    void agentsThatHardlyGrowNeedMostNow() {
        assertThatThreeAlikeNeed(30_000, 100, 24);
        assertThatThreeAlikeNeed(30_000, 0, 24);
    }

    /** One under way, one that has entered since the last look, and one that asks; all of 10,000 tokens. */
    private void assertThatThreeAlikeNeed(double tokens, double growthTokens, int growthSteps) {
        underWay("a", 10_000).growthTokens = growthTokens;
        assertThat(isOpenForTheThird((long) Math.floor(tokens - 0.01), growthTokens, growthSteps))
                .isFalse();
        assertThat(isOpenForTheThird((long) Math.ceil(tokens + 0.01), growthTokens, growthSteps))
                .isTrue();
    }

    private boolean isOpenForTheThird(long poolTokens, double growthTokens, int growthSteps) {
        door = door(poolTokens, growthSteps);
        door.refresh(0);
        door.onEntered(growing(growthTokens));
        return door.hasRoomFor(growing(growthTokens));
    }

    private static Step growing(double growthTokens) {
        Agent agent = Arrivals.agent("new");
        agent.growthTokens = growthTokens;
        return Arrivals.step(agent, 10_000);
    }

    @Test
    void aNewcomerIsBorneAsLongAsARoundTakesHalfOfTheBoundOfAStartedStep() {
        // 50,000 tokens take 50,000 / 15,000 · 1.5 = 5 s, and three minutes are the bound.
        for (int agent = 0; agent < 16; agent++) {
            underWay("a" + agent, 50_000);
        }
        door.refresh(0);
        door.onEntered(newcomer(50_000));
        assertThat(door.canBear(newcomer(49_990))).isTrue();
        assertThat(door.canBear(newcomer(50_010))).isFalse();
        door.refresh(0);
        assertThat(door.canBear(newcomer(50_010))).isTrue();
    }

    @Test
    void ofARoundTheSilentTakeTheirPartByTheChanceThatTheyComeBack() {
        for (int agent = 0; agent < 18; agent++) {
            silent("a" + agent, 50_000, Finish.TOOL_CALL).lastEndNanos = -60 * SECOND;
        }
        PauseModel model = nineAreGone(agents.all().iterator().next());
        door.refresh(0);
        double gone = 0.9 * model.goneChance(60);
        // A thousand tokens take 1.01 / 15 s.
        double fits = 90 * gone / (1.01 / 15);
        for (int entered = 0; entered < (int) fits; entered++) {
            assertThat(door.canBear(newcomer(1_000))).isTrue();
            door.onEntered(newcomer(1_000));
        }
        assertThat(door.canBear(newcomer(1_000))).isFalse();
    }

    private static Arrival anonymousArrival() {
        return new Arrival("anonymous", "none", "default", null, true, false, 0, -1);
    }

    /** It does not grow, for it lives for one step. */
    private static Step newcomer(double tokens) {
        Arrival arrival = anonymousArrival();
        return Arrivals.step(new Agent(arrival, null, 0), arrival, new Footprints.Estimate(tokens, 0, tokens), 0);
    }

    /** An agent with a step under way, which has been answered before. */
    private Agent underWay(String id, long contextTokens) {
        Agent agent = silent(id, contextTokens, Finish.TOOL_CALL);
        agent.step = Arrivals.step(agent, 0);
        return agent;
    }

    /** The same whose last answer ended a turn that it called tools in. */
    private Agent between(String id, long contextTokens) {
        Agent agent = underWay(id, contextTokens);
        agent.lastFinish = Finish.END_OF_TURN;
        agent.callsTools = true;
        return agent;
    }

    private Agent silent(String id, long contextTokens, Finish finish) {
        Agent agent = Arrivals.agent(id);
        agent.steps = 1;
        agent.contextTokens = contextTokens;
        agent.lastFinish = finish;
        agents.touch(agent);
        return agent;
    }

    private void assertThatDemandIs(double expected) {
        assertThatDemandIs(expected, POOL);
    }

    /** A newcomer of a quarter of the budget gets in just as long as others leave it that. */
    private void assertThatDemandIs(double expected, double budgetTokens) {
        double budget = Math.floor(budgetTokens);
        door.onEntered(newcomer(0.75 * budget - expected));
        assertThat(door.hasRoomFor(newcomer(0.25 * budget - 0.01))).isTrue();
        assertThat(door.hasRoomFor(newcomer(0.25 * budget + 0.01))).isFalse();
    }
}
