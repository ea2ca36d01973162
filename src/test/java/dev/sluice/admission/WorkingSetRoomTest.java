package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.config.AgentsConfig;
import dev.sluice.config.LawConfig;
import dev.sluice.config.PoolConfig;
import dev.sluice.config.TenantsConfig;
import dev.sluice.control.Law;
import dev.sluice.control.PoolSize;
import dev.sluice.control.WorkingSetLaw;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who gives way to whom in a budget of 100,000 tokens, at a price of room of 8 / 100,000. */
final class WorkingSetRoomTest {

    private static final long PRICE = 80;

    private final TenantShares shares = new TenantShares(() -> TenantsConfig.DEFAULT);
    private final WaitQueue queue = new WaitQueue(shares);

    /** To keep an agent is worth a millionth of its context. */
    private final Occupancy occupancy = new Occupancy(queue, shares, (agent, nowNanos) -> agent.contextTokens / 1e6);

    private final Learning learned = new Learning();
    private final AgentTable agents = new AgentTable(() -> AgentsConfig.DEFAULT);
    private final Room room = new WorkingSetRoom(law(1), occupancy, learned, agents);

    private static WorkingSetLaw law(double budget) {
        LawConfig.WorkingSet config =
                new LawConfig.WorkingSet(budget, 1, 0, Duration.ofMinutes(3), Duration.ofSeconds(1));
        LawConfig law =
                new LawConfig(LawConfig.Name.WORKING_SET, config, LawConfig.Concur.DEFAULT, LawConfig.Static.DEFAULT);
        return (WorkingSetLaw) Law.of(law, new PoolSize(new PoolConfig(100_000)));
    }

    @Test
    void aStepGoesThatFitsToTheLastToken() {
        occupancy.run(Arrivals.agent("a"), 60_000, 0);
        assertThat(room.makeRoom(step("b", 40_000), 0)).isTrue();
        assertThat(room.makeRoom(step("b", 40_001), 0)).isFalse();
        assertThat(room.obstacle(step("b", 40_000))).isNull();
        assertThat(room.obstacle(step("b", 40_007))).isEqualTo(new Obstacle(Obstacle.Kind.NO_ROOM, 7));
    }

    @Test
    void theReserveMayBeTakenWhereItIsWorthWhatItMayDriveOut() {
        Room half = new WorkingSetRoom(law(0.5), occupancy, learned, agents);
        double cost = learned.cost.secondsPerToken(55_000);
        Step step = step("a", 55_000);
        step.agent.engineSeconds = cost / (PRICE / 1e6) + 1e-9;
        assertThat(half.makeRoom(step, 0)).isTrue();
        step.agent.engineSeconds = cost / (PRICE / 1e6) - 1e-9;
        assertThat(half.makeRoom(step, 0)).isFalse();
        assertThat(half.obstacle(step)).isEqualTo(new Obstacle(Obstacle.Kind.NO_ROOM, 5_000));
    }

    @Test
    void ofTheReserveATwentiethOfThePoolMayBeTaken() {
        Room half = new WorkingSetRoom(law(0.5), occupancy, learned, agents);
        assertThat(half.makeRoom(step("a", 55_000), 0)).isTrue();
        assertThat(half.makeRoom(step("a", 55_001), 0)).isFalse();
    }

    @Test
    void whatNewcomersHaveInCommonTakesRoomOnce() {
        Agent first = Arrivals.agent(Arrivals.newcomer("first", 0), 0);
        learned.footprints.onAnswer(
                first,
                Arrivals.step(first, Arrivals.newcomer("first", 0), new Footprints.Estimate(1, 0, 1), 0),
                new Usage(60_000, 50_000, 0, Finish.UNKNOWN));
        assertThat(room.makeRoom(step("b", 90_000), 0)).isTrue();
        assertThat(room.makeRoom(step("b", 90_001), 0)).isFalse();
    }

    @Test
    void whatTheAgentItselfHoldsIsNotInItsWay() {
        Agent agent = idle("a", 70_000, PRICE);
        assertThat(room.makeRoom(Arrivals.step(agent, 100_000), 0)).isTrue();
        assertThat(room.obstacle(Arrivals.step(agent, 100_001))).isNotNull();
    }

    @Test
    void anIdleAgentGivesWayThatIsWorthLessThanItsRoom() {
        Agent cheap = idle("a", 40_000, PRICE - 1);
        Agent worthIt = idle("b", 40_000, PRICE);
        assertThat(room.makeRoom(step("c", 60_000), 0)).isTrue();
        assertThat(cheap.reason).isEqualTo("low_hold_value");
        assertThat(room.makeRoom(step("c", 60_001), 0)).isFalse();
        assertThat(worthIt.state).isEqualTo(AgentState.RESIDENT);
    }

    @Test
    void noMoreGiveWayThanTheStepNeeds() {
        Agent first = idle("a", 30_000, 1);
        Agent second = idle("b", 30_000, 2);
        Agent third = idle("c", 30_000, 3);
        assertThat(room.makeRoom(step("d", 70_000), 0)).isTrue();
        assertThat(first.state).isEqualTo(AgentState.PARKED);
        assertThat(second.state).isEqualTo(AgentState.PARKED);
        assertThat(third.state).isEqualTo(AgentState.RESIDENT);
    }

    @Test
    void nobodyIsParkedWhereAllTogetherWouldNotDo() {
        Agent cheap = idle("a", 30_000, 1);
        occupancy.run(Arrivals.agent("b"), 50_000, 0);
        assertThat(room.makeRoom(step("c", 50_001), 0)).isFalse();
        assertThat(cheap.state).isEqualTo(AgentState.RESIDENT);
    }

    @Test
    void aStepThatHasWaitedHalfOfItsBoundPaysTwice() {
        Agent dear = idle("a", 60_000, 2 * PRICE);
        Step step = step("b", 50_000);
        assertThat(room.makeRoom(step, 90 * SECOND)).isFalse();
        dear.worth = (2 * PRICE - 1) / 1e6;
        assertThat(room.makeRoom(step, 90 * SECOND)).isTrue();
    }

    @Test
    void aStepPastItsBoundPaysAnyPrice() {
        Agent dear = idle("a", 60_000, 1_000_000_000);
        assertThat(room.makeRoom(step("b", 50_000), 179 * SECOND)).isFalse();
        assertThat(room.makeRoom(step("b", 50_000), 200 * SECOND)).isTrue();
        assertThat(dear.state).isEqualTo(AgentState.PARKED);
    }

    @Test
    void thoseWaitingBehindWithTheirPrefixHeldGiveWayAfterTheIdleTheLastFirst() {
        Agent idle = idle("a", 10_000, 1);
        Agent large = waiting("b", 50_000, 70_000);
        Agent middling = waiting("c", 20_000, 70_000);
        Agent small = waiting("d", 20_000 - 1, 70_000);
        assertThat(room.makeRoom(stepOf(large), 0)).isTrue();
        assertThat(idle.reason).isEqualTo("low_hold_value");
        assertThat(small.reason).isEqualTo("gave_way");
        assertThat(small.heldTokens).isZero();
        assertThat(middling.heldTokens).isEqualTo(20_000);
    }

    @Test
    void theyDoNotGiveWayToOneBehindThemNorInVain() {
        Agent idle = idle("a", 10_000, 1);
        Agent large = waiting("b", 50_000, 100_002);
        Agent small = waiting("c", 20_000, 60_001);
        assertThat(room.makeRoom(stepOf(small), 0)).isFalse();
        assertThat(room.makeRoom(stepOf(large), 0)).isFalse();
        assertThat(small.heldTokens).isEqualTo(20_000);
        assertThat(idle.state).isEqualTo(AgentState.RESIDENT);
    }

    @Test
    void thoseBehindAreLeftAloneWhereTheIdleWereEnough() {
        idle("a", 30_000, 1);
        Agent large = waiting("b", 50_000, 80_000);
        Agent small = waiting("c", 20_000, 60_000);
        assertThat(room.makeRoom(stepOf(large), 0)).isTrue();
        assertThat(small.heldTokens).isEqualTo(20_000);
    }

    @Test
    void aStepThatGoesInAnyCaseParksTheSilentFirstThenThoseThatWaitButNeverItsOwn() {
        Agent own = waiting("a", 20_000, 50_000);
        Agent other = waiting("b", 30_000, 50_000);
        Agent dear = idle("c", 40_000, 1_000_000);
        room.clear(stepOf(own), 0);
        assertThat(dear.reason).isEqualTo("gave_way");
        assertThat(other.heldTokens).isEqualTo(30_000);

        Step larger = Arrivals.step(own, 200_000);
        room.clear(larger, 0);
        assertThat(other.heldTokens).isZero();
        assertThat(own.heldTokens).isEqualTo(20_000);
    }

    @Test
    void clearingStopsAsSoonAsTheStepFits() {
        Agent first = idle("a", 30_000, 100);
        Agent second = idle("b", 30_000, 200);
        room.clear(step("c", 70_000), 0);
        assertThat(first.state).isEqualTo(AgentState.PARKED);
        assertThat(second.state).isEqualTo(AgentState.RESIDENT);
    }

    @Test
    void theHoldRatioIsWhatAnAgentIsWorthOverThePriceOfRoom() {
        assertThat(room.holdRatio(idle("a", 10_000, 3 * PRICE), 0)).isCloseTo(3, within(1e-9));
        assertThat(room.keepsPlace(Arrivals.agent("b"))).isTrue();
    }

    @Test
    void aStepNeedsRoomForWhatItBeginsWithOfAParkedParentWhichCountsFromThenOn() {
        Agent parent = parked("parent", null, 30_000);
        Step step = Arrivals.step(parked("child", parent, 0), 60_000);
        occupancy.run(Arrivals.agent("other"), 10_000, 0);
        assertThat(room.makeRoom(step, 0)).isTrue();
        assertThat(room.obstacle(Arrivals.step(step.agent, 60_007))).isEqualTo(new Obstacle(Obstacle.Kind.NO_ROOM, 7));

        occupancy.run(step.agent, 60_000, 0);
        room.onGone(step, 0);
        assertThat(parent.state).isEqualTo(AgentState.RESIDENT);
        assertThat(parent.heldTokens).isEqualTo(30_000);
        assertThat(room.obstacle(Arrivals.step(step.agent, 60_000))).isNull();
        room.onGone(step, 0);
        assertThat(occupancy.tokens()).isEqualTo(100_000);
    }

    @Test
    void andForWhatThatOneBeginsWith() {
        Agent grandparent = parked("grandparent", null, 20_000);
        Agent parent = parked("parent", grandparent, 30_000);
        Step step = Arrivals.step(parked("child", parent, 0), 50_001);
        assertThat(room.obstacle(step)).isEqualTo(new Obstacle(Obstacle.Kind.NO_ROOM, 1));
        occupancy.run(step.agent, 50_001, 0);
        room.onGone(step, 0);
        assertThat(grandparent.heldTokens).isEqualTo(20_000);
        assertThat(grandparent.holdingChildren).isEqualTo(1);
    }

    @Test
    void notWhereThatIsCountedOrUnknownOrNeverWas() {
        Agent waiting = parked("waiting", null, 30_000);
        waiting.step = Arrivals.step(waiting, 30_000);
        Agent forgotten = parked("forgotten", null, 30_000);
        agents.remove(forgotten);
        Agent other = parked("other", null, 30_000);
        Agent child = parked("child", other, 0);
        child.beginsWithParent = false;
        for (Agent agent : List.of(
                child, parked("a", waiting, 0), parked("b", forgotten, 0), parked("c", parked("new", null, 0), 0))) {
            Step step = Arrivals.step(agent, 100_000);
            assertThat(room.obstacle(step)).isNull();
            room.onGone(step, 0);
        }
        assertThat(occupancy.tokens()).isZero();
    }

    @Test
    void aParentDoesNotGiveWayToAStepThatBeginsWithIt() {
        Agent parent = parked("parent", null, 1);
        occupancy.keep(parent, 60_000, 0);
        Agent other = idle("other", 30_000, 2);
        Agent child = parked("child", parked("between", parent, 0), 0);
        assertThat(room.makeRoom(Arrivals.step(child, 40_001), 0)).isFalse();
        assertThat(room.makeRoom(Arrivals.step(child, 40_000), 0)).isTrue();
        assertThat(other.heldTokens).isZero();
        room.clear(Arrivals.step(child, 70_000), 0);
        assertThat(parent.heldTokens).isEqualTo(60_000);
        room.clear(step("stranger", 70_000), 0);
        assertThat(parent.heldTokens).isZero();
    }

    /** One that does not grow. */
    private Agent parked(String id, @Nullable Agent parent, long contextTokens) {
        Agent agent = new Agent(Arrivals.started(id, 0), parent, 0);
        agent.beginsWithParent = parent != null;
        agent.contextTokens = contextTokens;
        agent.growthTokens = 0;
        agents.touch(agent);
        return agent;
    }

    private static Step step(String agent, double tokens) {
        return Arrivals.step(Arrivals.agent(agent), tokens);
    }

    private static Step stepOf(Agent agent) {
        Step step = agent.step;
        assertThat(step).isNotNull();
        return step;
    }

    private Agent idle(String id, double tokens, long worth) {
        Agent agent = Arrivals.agent(id);
        agent.contextTokens = worth;
        occupancy.keep(agent, tokens, 0);
        return agent;
    }

    /** A resident agent whose next step has come. */
    private Agent waiting(String id, double heldTokens, double footprintTokens) {
        Agent agent = idle(id, heldTokens, 0);
        Step step = Arrivals.step(agent, footprintTokens);
        agent.step = step;
        occupancy.onStep(agent);
        queue.add(step);
        return agent;
    }
}
