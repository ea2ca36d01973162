package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.TenantsConfig;
import org.junit.jupiter.api.Test;

/** Who is counted with how much, in which order idle agents give way, and what waiting steps feel of it. */
final class OccupancyTest {

    private final TenantShares shares = new TenantShares(() -> TenantsConfig.DEFAULT);
    private final WaitQueue queue = new WaitQueue(shares);

    /** An idle agent is worth its context, less a token for each nanosecond of the look. */
    private final Occupancy occupancy =
            new Occupancy(queue, shares, (agent, nowNanos) -> agent.contextTokens - nowNanos);

    @Test
    void aRunningAgentCountsWithItsStepAndAnIdleOneWithWhatIsKept() {
        Agent agent = Arrivals.agent("a");
        occupancy.run(agent, 700, 5);
        assertThat(agent.state).isEqualTo(AgentState.RUNNING);
        assertThat(agent.stateSinceNanos).isEqualTo(5);
        assertThat(occupancy.runningTokens()).isEqualTo(700);
        assertThat(occupancy.runningAgents()).isEqualTo(1);
        assertThat(occupancy.liveAgents()).isEqualTo(1);

        occupancy.stop(agent, 6);
        assertThat(agent.state).isEqualTo(AgentState.PARKED);
        assertThat(agent.heldTokens).isZero();
        assertThat(occupancy.tokens()).isZero();
        assertThat(occupancy.liveAgents()).isZero();

        occupancy.keep(agent, 650, 7);
        assertThat(agent.state).isEqualTo(AgentState.RESIDENT);
        assertThat(occupancy.tokens()).isEqualTo(650);
        assertThat(occupancy.runningTokens()).isZero();
        assertThat(occupancy.liveAgents()).isEqualTo(1);

        occupancy.run(agent, 800, 8);
        assertThat(occupancy.tokens()).isEqualTo(800);
        assertThat(occupancy.residents()).isEmpty();
    }

    @Test
    void whatOneGivesBackIsNotTakenFromTheOthers() {
        Agent first = Arrivals.agent("a");
        occupancy.run(first, 700, 0);
        occupancy.run(Arrivals.agent("b"), 50, 0);
        occupancy.stop(first, 1);
        assertThat(occupancy.runningTokens()).isEqualTo(50);
        assertThat(occupancy.runningAgents()).isEqualTo(1);

        Agent third = kept("c", 0, 20);
        kept("d", 0, 8);
        occupancy.park(third, "why", 2);
        assertThat(occupancy.tokens()).isEqualTo(58);
    }

    @Test
    void aTenantsShareIsWhatItsAgentsHold() {
        Agent agent = Arrivals.agent("a");
        occupancy.run(agent, 700, 0);
        assertThat(shares.share("default", 0)).isEqualTo(700);
        occupancy.stop(agent, 0);
        occupancy.keep(agent, 600, 0);
        assertThat(shares.share("default", 0)).isEqualTo(600);
        occupancy.run(agent, 900, 0);
        assertThat(shares.share("default", 0)).isEqualTo(900);
    }

    @Test
    void theLeastWorthGoFirst() {
        Agent dear = kept("a", 300, 1);
        Agent cheap = kept("b", 100, 1);
        Agent middling = kept("c", 200, 1);
        assertThat(occupancy.silentResidents()).containsExactly(cheap, middling, dear);
        assertThat(occupancy.residents()).containsExactly(dear, cheap, middling);
    }

    @Test
    void amongEqualsTheLongestIdleGoesFirstAndThenTheIdDecides() {
        Agent late = kept("a", 100, 1, 20);
        Agent second = kept("c", 100, 1, 10);
        Agent first = kept("b", 100, 1, 10);
        assertThat(occupancy.silentResidents()).containsExactly(first, second, late);
    }

    @Test
    void theOrderFollowsWhatTheyAreWorthAtTheLastLook() {
        Agent former = kept("a", 100, 1);
        Agent latter = kept("b", 200, 1);
        former.contextTokens = 300;
        assertThat(occupancy.silentResidents()).containsExactly(former, latter);
        occupancy.refresh(true, 7);
        assertThat(occupancy.silentResidents()).containsExactly(latter, former);
        assertThat(former.worth).isEqualTo(293);
    }

    @Test
    void whoseStepHasComeIsNotAskedToGiveWayUntilItLeavesAgain() {
        Agent agent = kept("a", 100, 1);
        occupancy.onStep(agent);
        assertThat(occupancy.silentResidents()).isEmpty();
        assertThat(occupancy.residents()).containsExactly(agent);
        occupancy.refresh(false, 1);
        assertThat(occupancy.silentResidents()).isEmpty();
        occupancy.onStepLeft(agent);
        assertThat(occupancy.silentResidents()).containsExactly(agent);
    }

    @Test
    void whoHoldsNothingHasNothingToGive() {
        occupancy.onStepLeft(Arrivals.agent("a"));
        assertThat(occupancy.silentResidents()).isEmpty();
        Agent running = Arrivals.agent("b");
        occupancy.run(running, 10, 0);
        occupancy.park(running, "why", 0);
        assertThat(occupancy.tokens()).isEqualTo(10);
        assertThat(running.history.cost(0).pauses()).isZero();
    }

    @Test
    void aParkedAgentKnowsWhyAndHoldsNothing() {
        Agent agent = kept("a", 100, 40);
        occupancy.park(agent, "why", 9);
        assertThat(agent.state).isEqualTo(AgentState.PARKED);
        assertThat(agent.reason).isEqualTo("why");
        assertThat(agent.heldTokens).isZero();
        assertThat(agent.history.cost(9).lastPause()).isEqualTo("why");
        assertThat(occupancy.silentResidents()).isEmpty();
        assertThat(occupancy.tokens()).isZero();
        assertThat(shares.share("default", 0)).isZero();
    }

    @Test
    void aWaitingStepWhoseAgentIsParkedWaitsOnAmongTheParked() {
        Agent agent = kept("a", 100, 40);
        Step step = Arrivals.step(agent, 50);
        agent.step = step;
        occupancy.onStep(agent);
        queue.add(step);
        agent.enter(AgentState.WAITING, "", 3);
        assertThat(queue.holding()).containsExactly(step);

        occupancy.park(agent, "why", 9);
        assertThat(queue.holding()).isEmpty();
        assertThat(queue.firstParked()).isSameAs(step);
        assertThat(queue.size()).isEqualTo(1);
        assertThat(agent.state).isEqualTo(AgentState.WAITING);
        assertThat(agent.stateSinceNanos).isEqualTo(3);
        assertThat(agent.reason).isEqualTo("why");
    }

    @Test
    void aParentKnowsHowManyHoldRoomThatBeginWithIt() {
        Agent parent = Arrivals.agent("parent");
        Agent child = childOf(parent, true);
        Agent other = childOf(parent, true);
        occupancy.run(child, 100, 0);
        occupancy.run(other, 100, 0);
        assertThat(parent.holdingChildren).isEqualTo(2);
        occupancy.stop(child, 1);
        assertThat(parent.holdingChildren).isEqualTo(1);
        occupancy.keep(child, 90, 1);
        occupancy.stop(other, 2);
        assertThat(parent.holdingChildren).isEqualTo(1);
        occupancy.run(child, 120, 3);
        assertThat(parent.holdingChildren).isEqualTo(1);
        occupancy.stop(child, 4);
        occupancy.keep(child, 90, 4);
        occupancy.park(child, "why", 5);
        assertThat(parent.holdingChildren).isZero();
    }

    @Test
    void butNotThoseThatBeginOtherwiseNorThoseThatTurnOutToBeItsChildrenLater() {
        Agent parent = Arrivals.agent("parent");
        Agent child = childOf(parent, false);
        occupancy.run(child, 100, 0);
        assertThat(parent.holdingChildren).isZero();
        // What the first answer tells counts from what it holds next.
        child.beginsWithParent = true;
        occupancy.stop(child, 1);
        assertThat(parent.holdingChildren).isZero();

        Agent orphan = kept("orphan", 100, 10);
        orphan.parent = parent;
        occupancy.park(orphan, "why", 2);
        assertThat(parent.holdingChildren).isZero();
    }

    private static Agent childOf(Agent parent, boolean begins) {
        Agent child = new Agent(Arrivals.started("child", 0), parent, 0);
        child.beginsWithParent = begins;
        return child;
    }

    @Test
    void everybodyIsParkedWhenAllThatWasCachedIsGone() {
        Agent first = kept("a", 100, 40);
        Agent second = kept("b", 100, 50);
        occupancy.parkAll("restarted", 1);
        assertThat(occupancy.residents()).isEmpty();
        assertThat(first.reason).isEqualTo("restarted");
        assertThat(second.reason).isEqualTo("restarted");
    }

    private Agent kept(String id, long contextTokens, double tokens) {
        return kept(id, contextTokens, tokens, 0);
    }

    private Agent kept(String id, long contextTokens, double tokens, long endedNanos) {
        Agent agent = Arrivals.agent(id);
        agent.contextTokens = contextTokens;
        agent.lastEndNanos = endedNanos;
        occupancy.keep(agent, tokens, 0);
        return agent;
    }
}
