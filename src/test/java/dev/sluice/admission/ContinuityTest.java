package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.PrefixBreak.Cause;
import org.junit.jupiter.api.Test;

/** What a changed prompt means for the agent, its account and the measured cache. */
final class ContinuityTest {

    private static final int POOL = 100_000;

    private final GateBench bench = new GateBench(GateBench.config(GateBench.workingSet(), POOL));

    @Test
    void whatAChangedPromptCostsIsNoLossOfTheCache() {
        bench.started("a", 30_000).firstToken("a").answered("a", 30_000, 0, Finish.TOOL_CALL);
        PrefixBreak clock = new PrefixBreak(Cause.SYSTEM_NUMBERS, -1, 0);

        bench.at(1).arrive(step("a", 30_500).with(Continuity.of(clock)));
        CacheReturn back = bench.answered("a", 30_500, 0, Finish.TOOL_CALL);

        assertThat(back).isEqualTo(new CacheReturn(30_010, 30_010, clock));
        assertThat(bench.snapshot().loss().lostTokens()).isZero();
        assertThat(bench.view("a").prefix()).isEqualTo(new PrefixHealth(1, 30_010, clock));

        bench.at(2).arrive(step("a", 31_000).with(Continuity.WHOLE));
        assertThat(bench.answered("a", 31_000, 30_500, Finish.TOOL_CALL)).isEqualTo(new CacheReturn(30_510, 0));
        assertThat(bench.view("a").prefix().breaks()).isEqualTo(1);
    }

    @Test
    void whatIsKeptOfAPromptIsExpectedOfTheCacheAndNoMore() {
        bench.started("a", 30_000).firstToken("a").answered("a", 30_000, 0, Finish.TOOL_CALL);

        bench.at(1).arrive(step("a", 30_000).with(Continuity.of(new PrefixBreak(Cause.HISTORY, 4, 0.25))));
        // 22,500 tokens of it are to be computed: beside them, the bound of 32,768 has no room for these.
        bench.started("b", 12_000);

        assertThat(bench.verdicts()).containsExactly("forward a", "forward a");
        assertThat(bench.firstToken("a").verdicts()).containsExactly("forward b");
    }

    @Test
    void aDisplacedConversationGivesItsNameAndKeepsItsAccount() {
        bench.newcomer("session", 500).firstToken("session").answered("session", 500, 0, Finish.END_OF_TURN);

        bench.at(1).arrive(step("session", 20_000).with(Continuity.displacing("f-1")));
        assertThat(bench.answered("session", 20_000, 0, Finish.TOOL_CALL)).isNull();

        assertThat(bench.view("session").steps()).isEqualTo(1);
        assertThat(bench.view("session").contextTokens()).isEqualTo(20_010);
        assertThat(bench.view("f-1").parent()).isEqualTo("session");
        assertThat(bench.view("f-1").contextTokens()).isEqualTo(510);
        assertThat(bench.snapshot().loss().expectedTokens()).isZero();
    }

    @Test
    void oneThatStillRunsIsDisplacedToo() {
        bench.newcomer("session", 500);
        bench.at(1).arrive(step("session", 10_000).with(Continuity.displacing("f-1")));

        assertThat(bench.view("session").state()).isEqualTo(AgentState.RUNNING);
        assertThat(bench.view("f-1").state()).isEqualTo(AgentState.RUNNING);
        assertThat(bench.snapshot().permits()).isEqualTo(2);
    }

    private static Arrival step(String agent, int promptTokens) {
        return new Arrival(agent, "test", "default", null, false, true, 4L * promptTokens, 0);
    }
}
