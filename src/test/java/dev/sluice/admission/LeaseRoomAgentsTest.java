package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.LawConfig;
import dev.sluice.config.TenantsConfig;
import dev.sluice.control.OffLaw;
import dev.sluice.control.StaticLaw;
import org.junit.jupiter.api.Test;

/** A window of two agents, and the room without a limit. */
final class LeaseRoomAgentsTest {

    private static final long NOW = 1_000 * SECOND;

    private final TenantShares shares = new TenantShares(() -> TenantsConfig.DEFAULT);
    private final Occupancy occupancy = new Occupancy(new WaitQueue(shares), shares, Worth.EQUAL);
    private final Room room = window(2);

    private Room window(int agents) {
        return new LeaseRoom(new StaticLaw(new LawConfig.Static(agents, 0)), occupancy);
    }

    @Test
    void asManyAsTheWindowLive() {
        occupancy.run(Arrivals.agent("a"), 10, 0);
        assertThat(room.makeRoom(step("c"), NOW)).isTrue();
        occupancy.run(Arrivals.agent("b"), 10, 0);
        assertThat(room.makeRoom(step("c"), NOW)).isFalse();
    }

    @Test
    void whoHasAPlaceGoesHoweverFullItIs() {
        Agent idle = idle("a", NOW);
        idle("b", NOW);
        assertThat(window(1).makeRoom(Arrivals.step(idle, 10), NOW)).isTrue();
    }

    @Test
    void anIdleAgentGivesWayOnceItsLeaseIsOverAndOneIsEnough() {
        Agent first = idle("a", NOW - 120 * SECOND);
        Agent second = idle("b", NOW - 120 * SECOND);
        assertThat(room.makeRoom(step("c"), NOW)).isFalse();
        assertThat(room.makeRoom(step("c"), NOW + 1)).isTrue();
        assertThat(first.reason).isEqualTo("lease_over");
        assertThat(second.state).isEqualTo(AgentState.RESIDENT);
    }

    @Test
    void anAgentWithAWaitingStepDoesNotGiveWay() {
        Agent waiting = idle("a", 0);
        waiting.step = Arrivals.step(waiting, 10);
        occupancy.onStep(waiting);
        occupancy.run(Arrivals.agent("b"), 10, 0);
        assertThat(room.makeRoom(step("c"), NOW)).isFalse();
    }

    @Test
    void aStepThatGoesInAnyCaseTakesThePlaceOfOneWhoIdles() {
        Agent first = idle("a", NOW - 2);
        Agent second = idle("b", NOW - 1);
        room.clear(Arrivals.step(second, 10), NOW);
        assertThat(first.state).isEqualTo(AgentState.RESIDENT);
        room.clear(step("c"), NOW);
        assertThat(first.reason).isEqualTo("gave_way");
        assertThat(second.state).isEqualTo(AgentState.RESIDENT);
    }

    @Test
    void placesAreKeptUnlessTheWindowHasShrunkBelowThoseInside() {
        Agent first = idle("a", NOW);
        idle("b", NOW);
        assertThat(room.keepsPlace(first)).isTrue();
        assertThat(window(1).keepsPlace(first)).isFalse();
    }

    @Test
    void whatAStepLacksIsToldInAgents() {
        occupancy.run(Arrivals.agent("a"), 10, 0);
        assertThat(room.obstacle(step("c"))).isNull();
        Agent idle = idle("b", NOW);
        assertThat(room.obstacle(step("c"))).isEqualTo(new Obstacle(Obstacle.Kind.NO_PLACE, 1));
        assertThat(window(1).obstacle(step("c"))).isEqualTo(new Obstacle(Obstacle.Kind.NO_PLACE, 2));
        assertThat(room.obstacle(Arrivals.step(idle, 10))).isNull();
    }

    @Test
    void thereIsNoDoor() {
        assertThat(room.isDoorOpen(step("c"))).isTrue();
    }

    @Test
    void aLawWithoutALimitHasRoomForEverybody() {
        Room open = new LeaseRoom(new OffLaw(), occupancy);
        Agent idle = idle("a", 0);
        open.clear(step("b"), NOW);
        assertThat(idle.state).isEqualTo(AgentState.RESIDENT);
        assertThat(open.makeRoom(step("b"), NOW)).isTrue();
        assertThat(open.isDoorOpen(step("b"))).isTrue();
        assertThat(open.keepsPlace(idle)).isTrue();
        assertThat(open.obstacle(step("b"))).isNull();
    }

    private static Step step(String agent) {
        return Arrivals.step(Arrivals.agent(agent), 10);
    }

    private Agent idle(String id, long endedNanos) {
        Agent agent = Arrivals.agent(id);
        agent.lastEndNanos = endedNanos;
        occupancy.keep(agent, 10, endedNanos);
        return agent;
    }
}
