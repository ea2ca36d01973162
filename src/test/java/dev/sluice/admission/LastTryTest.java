package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.Mode;
import dev.sluice.config.QueueConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Newcomers whose clients will not ask again, and what is done for those inside while they come in. */
final class LastTryTest {

    private static final long POOL = 100_000;
    private static final Duration WAIT = Duration.ofSeconds(240);

    /** Clients ask twice. */
    private final GateBench bench = new GateBench(GateBench.config(
            GateBench.workingSet(), POOL, Mode.ENFORCE, new QueueConfig(1_000, 1 << 30, WAIT, WAIT, 2, 429)));

    @Test
    void aNewcomerOnItsLastTryGoesInBeyondTheBudget() {
        bench.started("a", 90_000).firstToken("a").newcomer("new", 12_000);
        assertThat(bench.at(239).verdicts()).containsExactly("forward a");
        assertThat(bench.at(240).verdicts()).containsExactly("wait_expired new");
        bench.at(252).newcomer("new", 12_000);
        assertThat(bench.at(431).verdicts()).isEmpty();
        assertThat(bench.at(432).verdicts()).containsExactly("forward new");
    }

    @Test
    void whoDoesNotWaitAsLongAsItWasToldGainsNothing() {
        bench.started("a", 90_000).firstToken("a").newcomer("new", 12_000);
        assertThat(bench.at(240).verdicts()).containsExactly("forward a", "wait_expired new");
        // Eight to twelve seconds were told. It comes at once, and counts as having come then, less a tenth for inexact
        // clocks.
        bench.newcomer("new", 12_000);
        assertThat(bench.at(427).verdicts()).isEmpty();
        assertThat(bench.at(431).verdicts()).containsExactly("forward new");
    }

    @Test
    void whoAsksAgainAtOnceWhereTheQueueIsFullIsNotOnItsLastTryForThat() {
        GateBench full = new GateBench(GateBench.config(
                GateBench.workingSet(), POOL, Mode.ENFORCE, new QueueConfig(1, 1 << 30, WAIT, WAIT, 2, 429)));
        full.started("a", 90_000).firstToken("a").newcomer("b", 12_000);
        for (int ask = 0; ask < 5; ask++) {
            full.newcomer("hasty", 12_000);
        }
        assertThat(full.verdicts())
                .containsExactly(
                        "forward a",
                        "queue_full hasty",
                        "queue_full hasty",
                        "queue_full hasty",
                        "queue_full hasty",
                        "queue_full hasty");
        full.withdraw("b").newcomer("hasty", 12_000);
        full.at(5).newcomer("c", 12_000);
        assertThat(full.verdicts())
                .as("the place is another's while it is too soon")
                .containsExactly("queue_full hasty");
    }

    @Test
    void itIsRefusedWhereThoseInsideCouldNotBeServedInTurn() {
        // Each takes the engine five seconds with nothing cached: thirty of them more than half of three minutes.
        GateBench large = new GateBench(GateBench.config(
                GateBench.workingSet(), 16 * POOL, Mode.ENFORCE, new QueueConfig(1_000, 1 << 30, WAIT, WAIT, 1, 429)));
        for (int agent = 0; agent < 30; agent++) {
            large.started("a" + agent, 50_000).firstToken("a" + agent);
        }
        large.at(1).newcomer("new", 12_000);
        large.verdicts();
        assertThat(large.at(240).verdicts()).isEmpty();
        assertThat(large.at(241).verdicts()).containsExactly("wait_expired new");
    }

    @Test
    void anAgentThatIsNotKnownAgainIsOnItsLastTryAtOnce() {
        bench.started("a", 90_000).firstToken("a").anonymous("new", 12_000);
        assertThat(bench.at(179).verdicts()).containsExactly("forward a");
        assertThat(bench.at(180).verdicts()).containsExactly("forward new");
    }

    @Test
    void whoWentWhateverTheCostIsNotKeptWhileOthersWait() {
        bench.started("a", 85_000).firstToken("a").started("b", 20_000);
        bench.nowNanos = 60 * SECOND;
        bench.started("c", 20_000).at(180);
        assertThat(bench.verdicts()).containsExactly("forward a", "forward b");
        bench.firstToken("b").answered("b", 20_000, 0, Finish.TOOL_CALL);
        assertThat(bench.view("b").state()).isEqualTo(AgentState.PARKED);
        assertThat(bench.view("b").reason()).isEqualTo("gave_way");
    }

    @Test
    void aQuestionWaitsForOtherQuestionsNotForAgents() {
        bench.started("a", 85_000).firstToken("a").started("b", 20_000);
        bench.anonymous("one", 5_000).anonymous("two", 4_000).anonymous("three", 3_000);
        assertThat(bench.verdicts()).containsExactly("forward a", "forward one", "forward two");
        bench.end("one", Ending.COMPLETED, new Usage(5_000, 0, 10, Finish.END_OF_TURN));
        assertThat(bench.verdicts()).containsExactly("forward three");
    }
}
