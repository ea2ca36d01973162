package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.control.EngineSilence;
import dev.sluice.control.Samples;
import org.junit.jupiter.api.Test;

/** Which steps have room in the pool, and which idle agents give way to them. */
final class RoomForStepsTest {

    private static final long POOL = 100_000;

    private final GateBench bench = new GateBench(GateBench.config(GateBench.workingSet(), POOL));

    @Test
    void whatFitsGoesAtOnce() {
        bench.newcomer("a", 7_000).newcomer("b", 7_000);
        assertThat(bench.verdicts()).containsExactly("forward a", "forward b");
        assertThat(bench.snapshot().permits()).isEqualTo(2);
        assertThat(bench.snapshot().pressure()).isBetween(0.14, 0.15);
    }

    @Test
    void aStepWaitsWhileTheRunningFillTheBudget() {
        bench.started("a", 30_000).firstToken("a").started("b", 30_000).firstToken("b");
        bench.started("c", 30_000).firstToken("c").started("d", 30_000);
        assertThat(bench.verdicts()).containsExactly("forward a", "forward b", "forward c");
        assertThat(bench.view("d").state()).isEqualTo(AgentState.WAITING);
        assertThat(bench.view("d").reason()).isEqualTo("over_budget");

        // The client of a left before its size was told: nothing of a is kept.
        bench.end("a", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(bench.verdicts()).containsExactly("forward d");
    }

    @Test
    void runningPlusResidentPlusFootprintStaysWithinThePool() {
        for (int agent = 0; agent < 20; agent++) {
            bench.started("a" + agent, 9_000).firstToken("a" + agent);
        }
        // Room is dear where nothing has run yet, so the reserve may be used.
        assertThat(bench.verdicts()).hasSize(11);
        assertThat(bench.snapshot().pressure()).isBetween(0.95, 1.0);
        assertThat(bench.snapshot().queue().size()).isEqualTo(9);
    }

    @Test
    void aLargerLimitLetsThoseWhoWaitGoAtOnce() {
        GateBench two = new GateBench(GateBench.config(GateBench.agents(2), POOL));
        two.newcomer("a", 1_000).newcomer("b", 1_000).newcomer("c", 1_000).newcomer("d", 1_000);
        assertThat(two.verdicts()).containsExactly("forward a", "forward b");

        two.configure(GateBench.config(GateBench.agents(3), POOL));
        assertThat(two.verdicts()).containsExactly("forward c");
    }

    @Test
    void aPoolThatIsConfiguredCountsAndOneThatNoLongerIsStaysUntilTheEngineTellsItsOwn() {
        GateBench open = new GateBench(GateBench.config(GateBench.workingSet(), 0));
        open.configure(GateBench.config(GateBench.workingSet(), 10_000));
        assertThat(open.snapshot().poolTokens()).isEqualTo(10_000);
        assertThat(open.snapshot().poolSource()).isEqualTo("configured");

        open.configure(GateBench.config(GateBench.workingSet(), 0));
        assertThat(open.snapshot().poolTokens()).isEqualTo(10_000);
        open.controller.onSignal(Samples.progress(0, POOL, 1_000), open.nowNanos);
        assertThat(open.snapshot().poolTokens()).isEqualTo(POOL);
    }

    @Test
    void theUnknownPoolForwardsEverything() {
        GateBench open = new GateBench(GateBench.config(GateBench.workingSet(), 0));
        open.controller.onSignal(new EngineSilence(0, "no_dialect"), 0);
        for (int agent = 0; agent < 100; agent++) {
            open.newcomer("a" + agent, 1_000).firstToken("a" + agent);
        }
        assertThat(open.verdicts()).hasSize(100);
    }

    @Test
    void thePoolIsTakenFromTheEngine() {
        GateBench told = new GateBench(GateBench.config(GateBench.workingSet(), 0));
        assertThat(told.controller.onSignal(Samples.sample(0, POOL, 0, 0, 0), 0))
                .isNotNull();
        assertThat(told.snapshot().poolTokens()).isEqualTo(POOL);
        assertThat(told.snapshot().budget()).isEqualTo(0.95);
    }

    @Test
    void whatCanNeverFitGoesWhenTheEngineIsEmpty() {
        bench.started("a", 10_000).firstToken("a").started("giant", 200_000);
        assertThat(bench.verdicts()).containsExactly("forward a");
        bench.answered("a", 10_000, 0, Finish.TOOL_CALL);
        assertThat(bench.verdicts()).containsExactly("forward giant");
    }

    @Test
    void anIdleAgentKeepsItsPrefixAndComesFirst() {
        bench.started("a", 30_000).firstToken("a");
        bench.answered("a", 30_000, 0, Finish.TOOL_CALL);
        bench.started("b", 30_000).firstToken("b").started("c", 25_000).firstToken("c");
        assertThat(bench.view("a").state()).isEqualTo(AgentState.RESIDENT);
        bench.verdicts();

        bench.at(0.5).started("d", 30_000).started("a", 30_200);
        assertThat(bench.verdicts()).containsExactly("forward a");
        assertThat(bench.view("d").state()).isEqualTo(AgentState.WAITING);
    }

    @Test
    void anIdleAgentThatIsNotWorthItsRoomGivesWay() {
        bench.started("a", 30_000).firstToken("a");
        bench.answered("a", 30_000, 0, Finish.END_OF_TURN);
        bench.started("b", 30_000).firstToken("b").started("c", 30_000).firstToken("c");
        bench.verdicts();
        bench.at(600).started("d", 30_000);
        assertThat(bench.verdicts()).containsExactly("forward d");
        assertThat(bench.view("a").state()).isEqualTo(AgentState.PARKED);
        assertThat(bench.view("a").reason()).isEqualTo("low_hold_value");
    }

    @Test
    void ofThoseWhoLeaveEachOtherNoRoomToGrowTheSmallerGivesWay() {
        // The engine has been well filled for long, so idle prefixes are worth their room.
        bench.started("c", 60_000).firstToken("c").at(300);
        bench.started("a", 15_000).firstToken("a").answered("a", 15_000, 0, Finish.TOOL_CALL);
        bench.started("b", 10_000).firstToken("b").answered("b", 10_000, 0, Finish.TOOL_CALL);
        bench.verdicts();
        // Both fit as they are, but neither fits with what it has gained.
        bench.started("b", 18_500);
        assertThat(bench.verdicts()).isEmpty();
        bench.started("a", 24_500);
        assertThat(bench.verdicts()).containsExactly("forward a");
        assertThat(bench.snapshot().pressure()).isBetween(0.84, 0.85);
    }

    @Test
    void nobodyIsParkedInVain() {
        bench.started("a", 20_000).firstToken("a");
        bench.answered("a", 20_000, 0, Finish.END_OF_TURN);
        bench.started("b", 60_000).firstToken("b");
        bench.at(600).started("c", 90_000);
        assertThat(bench.view("a").state()).isEqualTo(AgentState.RESIDENT);
        assertThat(bench.view("c").state()).isEqualTo(AgentState.WAITING);
    }

    @Test
    void whatTheCacheDidNotReturnIsLoss() {
        bench.started("a", 30_000).firstToken("a");
        bench.answered("a", 30_000, 0, Finish.TOOL_CALL);
        bench.at(1).started("a", 30_500);
        assertThat(bench.answered("a", 30_500, 10_000, Finish.TOOL_CALL)).isEqualTo(new CacheReturn(30_010, 20_010));

        bench.at(2).started("a", 31_000);
        assertThat(bench.answered("a", 31_000, 30_480, Finish.TOOL_CALL)).isEqualTo(new CacheReturn(30_510, 0));
    }

    @Test
    void aStartedAgentPastItsBoundGoesWhateverTheCost() {
        bench.started("a", 90_000).firstToken("a");
        bench.started("b", 30_000);
        bench.at(179);
        assertThat(bench.verdicts()).containsExactly("forward a");
        bench.at(180);
        assertThat(bench.verdicts()).containsExactly("forward b");
    }

    @Test
    void anEngineRestartEmptiesEveryPrefix() {
        bench.controller.onSignal(Samples.progress(0, POOL, 1_000), 0);
        bench.started("a", 30_000).firstToken("a");
        bench.answered("a", 30_000, 0, Finish.TOOL_CALL);
        assertThat(bench.view("a").state()).isEqualTo(AgentState.RESIDENT);
        bench.controller.onSignal(Samples.progress(SECOND, POOL, 5), SECOND);
        assertThat(bench.view("a").state()).isEqualTo(AgentState.PARKED);
        assertThat(bench.view("a").reason()).isEqualTo("engine_restarted");
    }

    @Test
    void aCacheThatWasClearedHoldsNobodysPrefix() {
        bench.started("a", 30_000).firstToken("a");
        bench.answered("a", 30_000, 0, Finish.TOOL_CALL);
        bench.controller.onCacheCleared(SECOND);
        assertThat(bench.view("a").state()).isEqualTo(AgentState.PARKED);
        assertThat(bench.view("a").reason()).isEqualTo("cache_cleared");
    }
}
