package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many prompts stand in the engine at once, and which pass them by. */
final class PromptsInTheEngineTest {

    private static final long POOL = 100_000;

    private final GateBench bench = new GateBench(GateBench.config(GateBench.workingSet(), POOL));

    @Test
    void aPromptWhoseEndIsSeenStandsBeforeOthersUntilThen() {
        bench.started("a", 20_000).started("b", 20_000);
        assertThat(bench.at(100).verdicts()).containsExactly("forward a");
        assertThat(bench.firstToken("a").verdicts()).containsExactly("forward b");
    }

    @Test
    void aPromptWhoseEndIsNotSeenStandsBeforeOthersAsLongAsItShouldTake() {
        bench.startedUnstreamed("a", 20_000).startedUnstreamed("b", 20_000);
        assertThat(bench.at(1).verdicts()).containsExactly("forward a");
        assertThat(bench.at(5).verdicts()).containsExactly("forward b");

        // Whatever comes of a later counts for nothing any more.
        bench.started("c", 20_000);
        bench.firstToken("a").end("a", Ending.COMPLETED, Usage.NONE);
        assertThat(bench.verdicts()).isEmpty();
    }

    @Test
    void promptsBeforeTheirFirstTokenAreBounded() {
        // The prior takes 15,000 tokens a second.
        bench.started("a", 10_000).started("b", 4_000).started("c", 2_000);
        assertThat(bench.verdicts()).containsExactly("forward a", "forward b");
        bench.firstToken("a");
        assertThat(bench.verdicts()).containsExactly("forward c");
    }

    @Test
    void aStartedAgentPastItsBoundWaitsForThemForATenthOfItAtMost() {
        bench.started("a", 20_000).started("b", 20_000);
        assertThat(bench.at(197).verdicts()).containsExactly("forward a");
        assertThat(bench.at(198).verdicts()).containsExactly("forward b");
    }

    @Test
    void onePromptIsAlwaysLetThroughHoweverLarge() {
        bench.started("giant", 90_000);
        assertThat(bench.verdicts()).containsExactly("forward giant");
    }

    @Test
    void aShortRequestWithoutIdentityNeverQueuesBehindAgents() {
        bench.started("a", 90_000).firstToken("a").started("b", 30_000).anonymous("chat", 500);
        assertThat(bench.verdicts()).containsExactly("forward a", "forward chat");
        bench.end("chat", Ending.COMPLETED, new Usage(500, 0, 100, Finish.END_OF_TURN));
        assertThat(bench.snapshot().list()).noneMatch(view -> view.id().equals("chat"));
    }

    @Test
    void theChatLaneIsASmallShareOfThePool() {
        bench.started("a", 90_000).firstToken("a").started("b", 30_000);
        for (int chat = 0; chat < 20; chat++) {
            bench.anonymous("chat" + chat, 2_000);
        }
        assertThat(bench.verdicts()).hasSize(6);
    }
}
