package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which newcomers come in, and when. */
final class DoorTest {

    private static final long POOL = 100_000;

    private final GateBench bench = new GateBench(GateBench.config(GateBench.workingSet(), POOL));

    @Test
    void newcomersWaitBehindAllWhoHaveStarted() {
        bench.started("a", 90_000).firstToken("a");
        bench.at(1).newcomer("new", 1_000).at(2).started("b", 6_000).started("c", 7_000);
        assertThat(bench.verdicts()).containsExactly("forward a");
        bench.end("a", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(bench.verdicts()).containsExactly("forward b", "forward c");
        // The door looks at the demand anew twice a second.
        bench.at(2.5);
        assertThat(bench.verdicts()).containsExactly("forward new");
    }

    @Test
    void aNewcomerThatWouldFitDoesNotPassAStartedOneThatDoesNot() {
        GateBench limited = new GateBench(GateBench.config(GateBench.tokens(5_000), POOL));
        limited.started("a", 3_000).started("b", 3_000).newcomer("new", 1_000);
        assertThat(limited.verdicts()).containsExactly("forward a");
        limited.end("a", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(limited.verdicts()).containsExactly("forward b", "forward new");
    }

    @Test
    void theDoorClosesWhenTheDemandOfTheStartedFillsIt() {
        int entered = 0;
        for (int agent = 0; agent < 40; agent++) {
            bench.newcomer("a" + agent, 4_000).firstToken("a" + agent);
            entered += bench.verdicts().size();
        }
        // By their present size some twenty would fit; they will grow.
        assertThat(entered).isBetween(4, 16);
        assertThat(bench.view("a39").reason()).isEqualTo("at_the_door");
    }

    @Test
    void aNewcomerLargerThanTheDoorEntersWhenNobodyLives() {
        bench.newcomer("giant", 300_000);
        assertThat(bench.verdicts()).containsExactly("forward giant");
    }
}
