package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The prefix of a parent that sub-agents begin with: it stands in the pool with theirs, and is counted as long as one of them holds room. */
final class ParentPrefixTest {

    private static final long POOL = 100_000;

    private final GateBench bench = new GateBench(GateBench.config(GateBench.workingSet(), POOL));

    ParentPrefixTest() {
        bench.started("parent", 20_000).firstToken("parent");
        bench.answered("parent", 20_000, 0, Finish.TOOL_CALL);
    }

    @Test
    void itDoesNotGiveWayWhileAChildAtWorkBeginsWithIt() {
        child("child", 20_010);
        bench.at(1).arrive("child", 22_000, true, "parent").firstToken("child");
        bench.at(600).started("other", 77_000);
        assertThat(bench.verdicts()).doesNotContain("forward other");
        assertThat(bench.view("parent").state()).isEqualTo(AgentState.RESIDENT);
        assertThat(holdRatio("parent")).isInfinite();

        bench.answered("child", 22_000, 21_010, Finish.END_OF_TURN);
        bench.controller.onAgentEnd("child", bench.nowNanos);
        bench.at(601);
        assertThat(bench.verdicts()).contains("forward other");
        assertThat(bench.view("parent").state()).isEqualTo(AgentState.PARKED);
    }

    @Test
    void itGivesWayWhereTheChildFoundOnlyWhatOthersHaveToo() {
        child("child", 10_000);
        bench.at(1).arrive("child", 22_000, true, "parent").firstToken("child");
        bench.at(600).started("other", 65_000);
        assertThat(bench.verdicts()).contains("forward other");
        assertThat(bench.view("parent").state()).isEqualTo(AgentState.PARKED);
    }

    @Test
    void onceLostItIsCountedAgainWithTheNextStepOfAChild() {
        child("child", 20_010);
        bench.controller.onCacheCleared(bench.nowNanos);
        assertThat(bench.view("parent").state()).isEqualTo(AgentState.PARKED);
        bench.at(1).arrive("child", 22_000, true, "parent");
        assertThat(bench.view("parent").state()).isEqualTo(AgentState.RESIDENT);
        assertThat(bench.view("parent").heldTokens()).isGreaterThan(20_000);
        bench.at(2).started("parent", 24_000).firstToken("parent");
        assertThat(bench.view("parent").state()).isEqualTo(AgentState.RUNNING);
    }

    @Test
    void notThatOfOneThatHasEnded() {
        child("child", 20_010);
        bench.controller.onAgentEnd("parent", bench.nowNanos);
        bench.at(1).arrive("child", 22_000, true, "parent").firstToken("child");
        bench.answered("child", 22_000, 21_010, Finish.TOOL_CALL);
        bench.controller.onAgentEnd("child", bench.nowNanos);
        assertThat(bench.snapshot().pressure()).isZero();
    }

    /** Parents that leave each other's children no room are parked all the same, once nothing runs. */
    @Test
    void aPoolFullOfThemIsNoDeadlock() {
        child("child", 20_010);
        bench.started("second", 20_000).firstToken("second");
        bench.answered("second", 20_000, 0, Finish.TOOL_CALL);
        bench.child("its", "second", 21_000).at(20).firstToken("its");
        bench.answered("its", 21_000, 20_010, Finish.TOOL_CALL);
        assertThat(bench.verdicts()).contains("forward its");
        bench.at(21).arrive("child", 70_000, true, "parent").arrive("its", 70_000, true, "second");
        assertThat(bench.verdicts()).containsExactly("forward child");
        bench.firstToken("child").answered("child", 70_000, 21_010, Finish.TOOL_CALL);
        assertThat(bench.verdicts()).containsExactly("forward its");
    }

    /** Answered once, having found so much. */
    private void child(String id, long cachedTokens) {
        bench.child(id, "parent", 21_000).firstToken(id);
        bench.answered(id, 21_000, cachedTokens, Finish.TOOL_CALL);
    }

    private double holdRatio(String agent) {
        return Objects.requireNonNull(bench.controller.explain(agent, bench.nowNanos))
                .holdRatio();
    }
}
