package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.config.Mode;
import dev.sluice.config.SluiceConfig;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Why agents are where they are, what they have cost, and what happens when somebody says that one has ended. */
final class ExplanationTest {

    private static final long POOL = 100_000;

    private final GateBench bench = new GateBench(GateBench.config(GateBench.workingSet(), POOL));

    @Test
    void aWaitingStepIsToldWhatItLacks() {
        fillTheBudget();
        bench.started("d", 30_000).at(10).started("e", 30_000);

        Explanation first = explain("d");
        assertThat(first.agent().position()).isEqualTo(1);
        assertThat(first.obstacles()).extracting(Obstacle::kind).containsExactly(Obstacle.Kind.NO_ROOM);
        assertThat(first.obstacles().get(0).amount()).isBetween(25_000.0, 26_100.0);
        assertThat(first.promotedInNanos()).isEqualTo(170 * SECOND);
        assertThat(first.expiresInNanos()).isEqualTo(230 * SECOND);

        assertThat(explain("e").obstacles()).first().isEqualTo(new Obstacle(Obstacle.Kind.NOT_ITS_TURN, 1));
    }

    @Test
    void aNewcomerIsToldThatTheStartedGoFirst() {
        fillTheBudget();
        bench.at(1).started("d", 30_000).newcomer("new", 5_000);

        Explanation newcomer = explain("new");
        assertThat(newcomer.obstacles())
                .extracting(Obstacle::kind)
                .startsWith(Obstacle.Kind.NOT_ITS_TURN, Obstacle.Kind.STARTED_FIRST, Obstacle.Kind.DOOR_SHUT);
        assertThat(newcomer.promotedInNanos()).isEqualTo(-1);
    }

    @Test
    void aWindowIsCountedInAgents() {
        GateBench window = new GateBench(GateBench.config(GateBench.agents(1), POOL));
        window.started("a", 1_000).started("b", 1_000);

        assertThat(window.controller.explain("b", 0).obstacles())
                .containsExactly(new Obstacle(Obstacle.Kind.NO_PLACE, 1));
    }

    @Test
    void promptsBeforeTheirFirstTokenAreAnObstacle() {
        bench.started("a", 30_000).started("b", 20_000);

        assertThat(explain("b").obstacles()).containsExactly(new Obstacle(Obstacle.Kind.PREFILL_BOUND, 20_000));
    }

    @Test
    void whatAnAgentHasCostIsAddedUp() {
        bench.started("a", 30_000).firstToken("a");
        bench.answered("a", 30_000, 0, Finish.TOOL_CALL);
        bench.at(1).started("a", 31_000).firstToken("a");
        bench.answered("a", 31_000, 20_000, Finish.TOOL_CALL);

        Explanation.Cost cost = explain("a").cost();
        assertThat(cost.promptTokens()).isEqualTo(61_000);
        assertThat(cost.cachedTokens()).isEqualTo(20_000);
        assertThat(cost.recomputedTokens()).isEqualTo(10_010);
        assertThat(cost.lostTokens()).isEqualTo(10_010);
        assertThat(cost.expectedTokens()).isEqualTo(30_010);
        assertThat(cost.pauses()).isZero();
        assertThat(bench.snapshot().loss()).isEqualTo(new Snapshot.Loss(10_010 / 30_010.0, 30_010, 10_010));
    }

    @Test
    void aPauseIsRemembered() {
        bench.started("a", 30_000).firstToken("a");
        bench.answered("a", 30_000, 0, Finish.END_OF_TURN);
        bench.started("b", 30_000).firstToken("b").started("c", 20_000).firstToken("c");
        bench.at(600).started("d", 30_000).at(605);

        Explanation.Cost cost = explain("a").cost();
        assertThat(cost.pauses()).isEqualTo(1);
        assertThat(cost.lastPause()).isEqualTo("low_hold_value");
        assertThat(cost.lastPausedNanos()).isEqualTo(5 * SECOND);
    }

    @Test
    void anIdleAgentThatHasEndedLeavesItsRoomAtOnce() {
        // The engine has been well filled for long, so idle prefixes are worth their room.
        bench.started("c", 60_000).firstToken("c").at(300);
        bench.started("a", 15_000).firstToken("a").answered("a", 15_000, 0, Finish.TOOL_CALL);
        bench.started("b", 30_000);
        assertThat(bench.verdicts()).containsExactly("forward c", "forward a");

        assertThat(bench.controller.onAgentEnd("a", bench.nowNanos)).isEqualTo(AgentEnd.NOW);
        bench.at(300.1);
        assertThat(bench.verdicts()).containsExactly("forward b");
        assertThat(bench.controller.explain("a", 0)).isNull();
        assertThat(bench.controller.onAgentEnd("a", 0)).isEqualTo(AgentEnd.UNKNOWN);
    }

    @Test
    void aStepOfAnAgentThatHasEndedIsLeftToItsEnd() {
        bench.started("a", 10_000).firstToken("a");
        assertThat(bench.controller.onAgentEnd("a", 0)).isEqualTo(AgentEnd.AFTER_STEP);
        assertThat(explain("a").ending()).isTrue();

        bench.answered("a", 10_000, 0, Finish.TOOL_CALL);
        assertThat(bench.controller.explain("a", 0)).isNull();
        assertThat(bench.snapshot().pressure()).isZero();
    }

    @Test
    void aWaitingStepOfAnAgentThatHasEndedMayLeave() {
        fillTheBudget();
        bench.started("d", 30_000);
        bench.controller.onAgentEnd("d", 0);

        bench.withdraw("d");
        assertThat(bench.controller.explain("d", 0)).isNull();
        assertThat(bench.snapshot().queue().size()).isZero();
    }

    @Test
    void offLetsEverybodyGoAndEnforceHoldsAgain() {
        fillTheBudget();
        bench.started("d", 30_000).newcomer("new", 20_000);
        bench.verdicts();

        bench.controller.onMode(Mode.OFF, 0);
        bench.at(0.1);
        assertThat(bench.verdicts()).containsExactly("forward d", "forward new");
        bench.started("e", 30_000);
        assertThat(bench.verdicts()).containsExactly("forward e");

        bench.controller.onMode(Mode.ENFORCE, SECOND);
        bench.at(1).started("f", 30_000);
        assertThat(bench.verdicts()).isEmpty();
    }

    @Test
    void aListIsSharedBetweenThoseThatWaitAndTheLargestOfTheRest() {
        fillTheBudget();
        for (int i = 0; i < 20; i++) {
            bench.started("w" + i, 30_000);
        }
        Snapshot snapshot = bench.controller.snapshot(5, 0);

        assertThat(snapshot.list()).extracting(Snapshot.AgentView::id).containsExactly("w0", "w1", "a", "b", "c");
        assertThat(snapshot.agents()).isEqualTo(new Snapshot.Census(3, 0, 20, 0));
        assertThat(bench.controller.snapshot(0, 0).list()).isEmpty();
        assertThat(bench.controller.snapshot(100, 0).list()).hasSize(23);
    }

    @Test
    void allAgentsAreSummedUpByStateAndSizeAndTenant() {
        bench.started("a", 9_000)
                .firstToken("a")
                .started("b", 10_000)
                .firstToken("b")
                .started("c", 1_500);
        Snapshot.Crowd crowd = bench.snapshot().crowd();

        assertThat(crowd.groups())
                .extracting(Snapshot.Group::state, Snapshot.Group::upTo, Snapshot.Group::agents)
                .containsExactly(tuple(AgentState.RUNNING, 2_048L, 1), tuple(AgentState.RUNNING, 16_384L, 2));
        long held =
                crowd.groups().stream().mapToLong(Snapshot.Group::heldTokens).sum();
        assertThat(held / (double) POOL).isCloseTo(bench.snapshot().pressure(), within(1e-3));
        assertThat(crowd.tenants()).containsExactly(new Snapshot.Tenant("default", 3, 0, held));
    }

    @Test
    void ofManyTenantsTheSmallestAreOne() {
        GateBench off =
                new GateBench(GateBench.config(GateBench.workingSet(), POOL, Mode.OFF, SluiceConfig.DEFAULT.queue()));
        for (int i = 0; i < 30; i++) {
            off.controller.onArrival(
                    i, new Arrival("a" + i, "test", "t" + i, null, false, true, 4_000L * (i + 1), 0), 0);
        }
        List<Snapshot.Tenant> tenants = off.snapshot().crowd().tenants();

        assertThat(tenants).hasSize(21);
        assertThat(tenants.get(0).name()).isEqualTo("t29");
        assertThat(tenants.get(20))
                .extracting(Snapshot.Tenant::name, Snapshot.Tenant::agents)
                .containsExactly("other", 10);
    }

    private void fillTheBudget() {
        bench.started("a", 30_000).firstToken("a").started("b", 30_000).firstToken("b");
        bench.started("c", 30_000).firstToken("c");
    }

    private Explanation explain(String agent) {
        return Objects.requireNonNull(bench.controller.explain(agent, bench.nowNanos));
    }
}
