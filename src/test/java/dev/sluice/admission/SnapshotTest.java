package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.AgentsConfig;
import dev.sluice.config.LawConfig;
import dev.sluice.config.PoolConfig;
import dev.sluice.config.SignalsConfig;
import dev.sluice.config.TenantsConfig;
import dev.sluice.control.Law;
import dev.sluice.control.OffLaw;
import dev.sluice.control.PoolSize;
import dev.sluice.control.StaticLaw;
import org.junit.jupiter.api.Test;

/** What people see of the gate at one moment. */
final class SnapshotTest {

    private static final long NOW = 100 * SECOND;

    private final AgentTable agents = new AgentTable(() -> AgentsConfig.DEFAULT);
    private final WaitQueue queue = new WaitQueue(new TenantShares(() -> TenantsConfig.DEFAULT));
    private final WaitEstimate estimate = new WaitEstimate();

    @Test
    void pressureAndBudgetAreSharesOfThePool() {
        Snapshot snapshot = snapshot(new StaticLaw(new LawConfig.Static(0, 750)), 1_000, 10);
        assertThat(snapshot.pressure()).isEqualTo(0.3);
        assertThat(snapshot.budget()).isEqualTo(0.75);
        assertThat(snapshot.windowAgents()).isEqualTo(-1);
        assertThat(snapshot.takenAtNanos()).isEqualTo(NOW);
        assertThat(snapshot.law()).isEqualTo("static");
    }

    @Test
    void ofAnUnknownPoolThereAreNoShares() {
        Snapshot snapshot = snapshot(new StaticLaw(new LawConfig.Static(3, 750)), 0, 10);
        assertThat(snapshot.pressure()).isZero();
        assertThat(snapshot.budget()).isNaN();
        assertThat(snapshot.windowAgents()).isEqualTo(3);
        assertThat(snapshot(new OffLaw(), 1_000, 10).budget()).isNaN();
    }

    @Test
    void theQueueIsSummedUp() {
        waits("a", 70);
        waits("b", 40);
        waits("c", 90);
        assertThat(snapshot(10).queue()).isEqualTo(new Snapshot.Queue(3, 0, 60 * SECOND, 7));
    }

    @Test
    void thoseWhoWaitComeFirstInTheirOrderAndThenTheLargest() {
        resident("small", 10, 900);
        resident("large", 30, 100);
        resident("middling", 20, 100);
        parked("shorter", 700);
        parked("longer", 800);
        waits("second", 50);
        waits("first", 40);
        assertThat(snapshot(10).list())
                .extracting(Snapshot.AgentView::id)
                .containsExactly("first", "second", "large", "middling", "small", "longer", "shorter");
        assertThat(snapshot(10).list()).extracting(Snapshot.AgentView::position).containsExactly(1, 2, 0, 0, 0, 0, 0);
    }

    @Test
    void thoseWhoWaitTakeHalfOfAListThatIsTooShort() {
        for (int agent = 0; agent < 5; agent++) {
            resident("r" + agent, 10 + agent, 0);
            waits("w" + agent, agent);
        }
        assertThat(snapshot(4).list()).extracting(Snapshot.AgentView::id).containsExactly("w0", "w1", "r4", "r3");
        assertThat(snapshot(5).list()).extracting(Snapshot.AgentView::id).containsExactly("w0", "w1", "r4", "r3", "r2");
        assertThat(snapshot(8).list()).hasSize(8);
        assertThat(snapshot(1).list()).extracting(Snapshot.AgentView::id).containsExactly("r4");
        assertThat(snapshot(0).list()).isEmpty();
    }

    @Test
    void thoseWhoWaitTakeWhatTheOthersDoNotNeed() {
        resident("r", 10, 0);
        for (int agent = 0; agent < 5; agent++) {
            waits("w" + agent, agent);
        }
        assertThat(snapshot(4).list()).extracting(Snapshot.AgentView::id).containsExactly("w0", "w1", "w2", "r");
    }

    @Test
    void anAgentIsToldWithWhatItNeedsAndHolds() {
        estimate.onDeparture(0);
        estimate.onDeparture(4 * SECOND);
        Agent waiting = waits("a", 40);
        waiting.contextTokens = 900;
        waiting.heldTokens = 6.6;
        waiting.steps = 3;
        Snapshot.AgentView view = snapshot(10).list().get(0);
        assertThat(view)
                .isEqualTo(new Snapshot.AgentView(
                        "a",
                        "test",
                        "default",
                        null,
                        AgentState.WAITING,
                        900,
                        100,
                        7,
                        3,
                        60 * SECOND,
                        1,
                        4 * SECOND,
                        "over_budget",
                        PrefixHealth.SOUND,
                        waiting.rank));
    }

    @Test
    void whoDoesNotWaitHasNoPlaceAndNoEstimate() {
        estimate.onDeparture(0);
        estimate.onDeparture(4 * SECOND);
        resident("a", 10, 0).reason = "why";
        Snapshot.AgentView view = snapshot(10).list().get(0);
        assertThat(view.position()).isZero();
        assertThat(view.estimateNanos()).isEqualTo(-1);
        assertThat(view.footprintTokens()).isEqualTo(10);
        assertThat(view.reason()).isEqualTo("why");
    }

    @Test
    void aNewcomerWaitsAtTheDoorAndARunningStepForNothing() {
        Agent newcomer = waits("new", 10);
        newcomer.started = false;
        Agent running = resident("running", 10, 0);
        running.step = Arrivals.step(running, 10);
        running.enter(AgentState.RUNNING, "", 0);
        assertThat(snapshot(10).list())
                .extracting(Snapshot.AgentView::reason)
                .containsExactlyInAnyOrder("at_the_door", "");
    }

    @Test
    void agentsAreCountedByStateAndSizeInPowersOfTwo() {
        resident("a", 1_024, 5_000);
        resident("b", 1_025, 5_000);
        resident("c", 2_048, 5_000);
        parked("d", 5_000);
        waits("e", 1);
        Snapshot snapshot = snapshot(10);
        assertThat(snapshot.agents()).isEqualTo(new Snapshot.Census(0, 3, 1, 1));
        assertThat(snapshot.crowd().groups())
                .containsExactlyInAnyOrder(
                        new Snapshot.Group(AgentState.RESIDENT, 1_024, 1, 1_024, 1_024),
                        new Snapshot.Group(AgentState.RESIDENT, 2_048, 2, 3_073, 3_073),
                        new Snapshot.Group(AgentState.PARKED, 8_192, 1, 5_000, 0),
                        new Snapshot.Group(AgentState.WAITING, 1_024, 1, 100, 0));
    }

    @Test
    void theTwentyTenantsThatHoldMostAreToldAndTheRestTogether() {
        for (int tenant = 10; tenant < 33; tenant++) {
            of("t" + tenant, 10 * tenant);
        }
        of("t32", 1).enter(AgentState.WAITING, "", 0);
        of("t10", 1).enter(AgentState.WAITING, "", 0);
        assertThat(snapshot(0).crowd().tenants())
                .hasSize(21)
                .startsWith(new Snapshot.Tenant("t32", 2, 1, 321), new Snapshot.Tenant("t31", 1, 0, 310))
                .endsWith(new Snapshot.Tenant("t13", 1, 0, 130), new Snapshot.Tenant("other", 4, 1, 331));
    }

    private Agent of(String tenant, double heldTokens) {
        Agent agent = new Agent(new Arrival(tenant + heldTokens, "test", tenant, null, false, true, 0, -1), null, 0);
        agent.heldTokens = heldTokens;
        agents.touch(agent);
        return agent;
    }

    private Snapshot snapshot(int mostListed) {
        return snapshot(new OffLaw(), 1_000, mostListed);
    }

    private Snapshot snapshot(Law law, long poolTokens, int mostListed) {
        SnapshotView.Totals totals = new SnapshotView.Totals(
                law,
                new PoolSize(new PoolConfig(poolTokens)),
                300,
                2,
                7,
                new SignalWatch(SignalsConfig.DEFAULT),
                new LossMeter());
        return new SnapshotView(agents, queue, estimate, NOW).snapshot(totals, mostListed);
    }

    private Agent resident(String id, double heldTokens, long contextTokens) {
        Agent agent = parked(id, contextTokens);
        agent.heldTokens = heldTokens;
        agent.enter(AgentState.RESIDENT, "", 0);
        return agent;
    }

    private Agent parked(String id, long contextTokens) {
        Agent agent = Arrivals.agent(id);
        agent.contextTokens = contextTokens;
        agents.touch(agent);
        return agent;
    }

    /** A step of a hundred tokens. */
    private Agent waits(String id, long sinceSecond) {
        Agent agent = parked(id, 0);
        Step step = Arrivals.step(
                agent, Arrivals.started(id, 0), new Footprints.Estimate(100, 0, 100), sinceSecond * SECOND);
        agent.step = step;
        agent.enter(AgentState.WAITING, "", sinceSecond * SECOND);
        queue.add(step);
        return agent;
    }
}
