package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.control.EngineSilence;
import dev.sluice.control.Samples;
import org.junit.jupiter.api.Test;

/** A crowd that comes before the engine has said anything. */
final class FirstSignalTest {

    private static final int FIRST = 8;

    private final GateBench bench = new GateBench(GateBench.config(GateBench.workingSet(), 0));

    @Test
    void aFewComeInAndOneMoreForEachThatGoesOn() {
        crowd();
        assertThat(bench.verdicts()).hasSize(FIRST);
        assertThat(bench.view("a11").reason()).isEqualTo("at_the_door");

        bench.answered("a0", 100, 0, Finish.TOOL_CALL);
        bench.at(1);
        assertThat(bench.verdicts()).isEmpty();
        bench.started("a0", 120).firstToken("a0").at(2);
        assertThat(bench.verdicts()).containsExactly("forward a0", "forward a" + FIRST);
    }

    @Test
    void whoHasStartedGoes() {
        crowd();
        bench.verdicts();
        bench.started("known", 100);
        assertThat(bench.verdicts()).containsExactly("forward known");
    }

    @Test
    void theFirstReadingLetsInWhomThePoolHolds() {
        crowd();
        bench.verdicts();
        bench.controller.onSignal(Samples.progress(SECOND, 100_000, 1), SECOND);
        assertThat(lateVerdicts()).isEqualTo(12 - FIRST);
    }

    @Test
    void anEngineThatDoesNotTellLetsInEverybody() {
        crowd();
        bench.verdicts();
        bench.controller.onSignal(new EngineSilence(SECOND, "no_dialect"), SECOND);
        assertThat(lateVerdicts()).isEqualTo(12 - FIRST);
    }

    @Test
    void soDoesOneOfWhichNothingIsHeardForThirtySeconds() {
        bench.at(100);
        crowd();
        bench.verdicts();
        bench.at(129.9);
        assertThat(bench.verdicts()).isEmpty();
        bench.at(130.2);
        assertThat(lateVerdicts()).isEqualTo(12 - FIRST);
    }

    private void crowd() {
        for (int i = 0; i < 12; i++) {
            bench.newcomer("a" + i, 100);
            if (i < FIRST) {
                bench.firstToken("a" + i);
            }
        }
    }

    /** Of those that come in now one by one, as the engine takes their prompts. */
    private int lateVerdicts() {
        int entered = 0;
        for (int i = FIRST; i < 12; i++) {
            bench.at(bench.nowNanos / 1e9 + 0.001);
            entered += bench.verdicts().size();
            bench.firstToken("a" + i);
        }
        return entered;
    }
}
