package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.LawConfig;
import dev.sluice.config.TenantsConfig;
import dev.sluice.control.StaticLaw;
import org.junit.jupiter.api.Test;

/** A limit of 1,000 tokens set by hand. */
final class LeaseRoomTokensTest {

    private static final long NOW = 1_000 * SECOND;
    private static final long LEASE = 120 * SECOND;

    private final TenantShares shares = new TenantShares(() -> TenantsConfig.DEFAULT);
    private final Occupancy occupancy = new Occupancy(new WaitQueue(shares), shares, Worth.EQUAL);
    private final Room room = new LeaseRoom(new StaticLaw(new LawConfig.Static(0, 1_000)), occupancy);

    @Test
    void aStepGoesThatFitsToTheLastToken() {
        occupancy.run(Arrivals.agent("a"), 600, 0);
        assertThat(room.makeRoom(step("b", 400), NOW)).isTrue();
        assertThat(room.makeRoom(step("b", 401), NOW)).isFalse();
    }

    @Test
    void whatTheAgentItselfHoldsIsNotInItsWay() {
        Agent agent = idle("a", 600, NOW);
        occupancy.run(Arrivals.agent("b"), 300, 0);
        assertThat(room.makeRoom(Arrivals.step(agent, 700), NOW)).isTrue();
        assertThat(room.makeRoom(Arrivals.step(agent, 701), NOW)).isFalse();
    }

    @Test
    void anIdleAgentGivesWayOnceItsLeaseIsOver() {
        Agent idle = idle("a", 600, NOW - LEASE);
        assertThat(room.makeRoom(step("b", 500), NOW)).isFalse();
        assertThat(idle.state).isEqualTo(AgentState.RESIDENT);
        assertThat(room.makeRoom(step("b", 500), NOW + 1)).isTrue();
        assertThat(idle.state).isEqualTo(AgentState.PARKED);
        assertThat(idle.reason).isEqualTo("lease_over");
    }

    @Test
    void noMoreGiveWayThanTheStepNeeds() {
        Agent first = idle("a", 300, 0);
        Agent second = idle("b", 300, 1);
        Agent third = idle("c", 300, 2);
        assertThat(room.makeRoom(step("d", 700), NOW)).isTrue();
        assertThat(first.state).isEqualTo(AgentState.PARKED);
        assertThat(second.state).isEqualTo(AgentState.PARKED);
        assertThat(third.state).isEqualTo(AgentState.RESIDENT);
    }

    @Test
    void whoseLeaseRunsOnStaysEvenIfOthersGo() {
        Agent old = idle("b", 300, 0);
        Agent recent = idle("a", 300, NOW - SECOND);
        assertThat(room.makeRoom(step("c", 701), NOW)).isFalse();
        assertThat(old.state).isEqualTo(AgentState.RESIDENT);
        assertThat(room.makeRoom(step("c", 700), NOW)).isTrue();
        assertThat(recent.state).isEqualTo(AgentState.RESIDENT);
        assertThat(old.state).isEqualTo(AgentState.PARKED);
    }

    @Test
    void nobodyIsParkedWhereAllTogetherWouldNotDo() {
        Agent first = idle("a", 300, 0);
        idle("b", 300, 0);
        occupancy.run(Arrivals.agent("c"), 300, 0);
        assertThat(room.makeRoom(step("d", 700), NOW)).isTrue();
        Agent back = idle("e", 300, 0);
        assertThat(room.makeRoom(step("d", 701), NOW)).isFalse();
        assertThat(first.state).isEqualTo(AgentState.PARKED);
        assertThat(back.state).isEqualTo(AgentState.RESIDENT);
    }

    @Test
    void anAgentWithAWaitingStepDoesNotGiveWay() {
        Agent waiting = idle("a", 600, 0);
        waiting.step = Arrivals.step(waiting, 600);
        occupancy.onStep(waiting);
        assertThat(room.makeRoom(step("b", 500), NOW)).isFalse();
    }

    @Test
    void aStepThatGoesInAnyCaseParksWhoIdlesUntilItFits() {
        Agent first = idle("a", 300, NOW - 2);
        Agent second = idle("b", 300, NOW - 1);
        room.clear(step("c", 700), NOW);
        assertThat(first.reason).isEqualTo("gave_way");
        assertThat(second.state).isEqualTo(AgentState.RESIDENT);
        room.clear(step("c", 5_000), NOW);
        assertThat(second.reason).isEqualTo("gave_way");
    }

    @Test
    void whatAStepLacksIsToldInTokens() {
        occupancy.run(Arrivals.agent("a"), 600, 0);
        assertThat(room.obstacle(step("b", 400))).isNull();
        assertThat(room.obstacle(step("b", 450))).isEqualTo(new Obstacle(Obstacle.Kind.NO_ROOM, 50));
    }

    @Test
    void thereIsNoDoorAndPlacesAreKept() {
        assertThat(room.isDoorOpen(step("a", 5_000))).isTrue();
        assertThat(room.canBear(step("a", 1))).isFalse();
        assertThat(room.keepsPlace(Arrivals.agent("a"))).isTrue();
        assertThat(room.holdRatio(Arrivals.agent("a"), 0)).isNaN();
    }

    @Test
    void aStepNeedsBothAPlaceAndTokensWhereBothAreBounded() {
        Room both = new LeaseRoom(new StaticLaw(new LawConfig.Static(2, 1_000)), occupancy);
        occupancy.run(Arrivals.agent("a"), 600, 0);
        assertThat(both.makeRoom(step("b", 400), NOW)).isTrue();
        assertThat(both.makeRoom(step("b", 401), NOW)).isFalse();
        assertThat(both.obstacle(step("b", 401))).isEqualTo(new Obstacle(Obstacle.Kind.NO_ROOM, 1));
        occupancy.run(Arrivals.agent("b"), 10, 0);
        assertThat(both.makeRoom(step("c", 10), NOW)).isFalse();
        assertThat(both.obstacle(step("c", 401))).isEqualTo(new Obstacle(Obstacle.Kind.NO_PLACE, 1));
    }

    @Test
    void asManyGiveWayAsTheStepNeedsForBothItsPlaceAndItsTokens() {
        Room both = new LeaseRoom(new StaticLaw(new LawConfig.Static(3, 1_000)), occupancy);
        Agent first = idle("a", 300, NOW - LEASE - 3);
        Agent second = idle("b", 300, NOW - LEASE - 2);
        Agent third = idle("c", 300, NOW - LEASE - 1);
        assertThat(both.makeRoom(step("d", 400), NOW)).isTrue();
        assertThat(first.state).isEqualTo(AgentState.PARKED);
        assertThat(second.state).isEqualTo(AgentState.RESIDENT);
        idle("e", 300, NOW - LEASE);
        both.clear(step("d", 700), NOW);
        assertThat(second.reason).isEqualTo("gave_way");
        assertThat(third.reason).isEqualTo("gave_way");
    }

    private static Step step(String agent, double tokens) {
        return Arrivals.step(Arrivals.agent(agent), tokens);
    }

    private Agent idle(String id, double tokens, long endedNanos) {
        Agent agent = Arrivals.agent(id);
        agent.lastEndNanos = endedNanos;
        occupancy.keep(agent, tokens, endedNanos);
        return agent;
    }
}
