package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Questions beside an agent that leaves nobody any room. */
final class ChatLaneTest {

    private static final int POOL = 100_000;

    private final GateBench bench = new GateBench(GateBench.config(GateBench.workingSet(), POOL));

    @BeforeEach
    void setUp() {
        bench.started("a", 95_000).firstToken("a").verdicts();
        question("one");
        bench.firstToken("one").answered("one", 5_000, 0, Finish.END_OF_TURN);
        assertThat(bench.verdicts()).containsExactly("forward one");
    }

    @Test
    void aQuestionThatWasAnsweredMakesPlaceForTheNext() {
        bench.at(1);
        question("two");
        assertThat(bench.verdicts()).containsExactly("forward two");
    }

    @Test
    void whoGoesOnIsAnAgentAndTakesAPlaceForAsLongAsItNeedsRoom() {
        bench.started("one", 5_500).at(1);
        question("two");
        assertThat(bench.verdicts()).isEmpty();
        assertThat(bench.view("two").reason()).isEqualTo("at_the_door");

        bench.withdraw("one");
        bench.controller.onAgentEnd("one", bench.nowNanos);
        bench.at(2);
        assertThat(bench.verdicts()).containsExactly("forward two");
    }

    private void question(String name) {
        bench.arrive(new Arrival(name, "fingerprint", "default", null, false, false, 4 * 5_000, 0, true, true));
    }
}
