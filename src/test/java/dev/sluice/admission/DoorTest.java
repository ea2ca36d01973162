package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.Mode;
import dev.sluice.config.QueueConfig;
import java.time.Duration;
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
    void whatANewcomerNeedsIsJudgedByWhatOthersToldWhileItWaited() {
        GateBench limited = new GateBench(GateBench.config(GateBench.tokens(5_000), POOL));
        limited.newcomer("first", 600).started("a", 3_000).newcomer("new", 1_700);
        assertThat(limited.verdicts()).containsExactly("forward first", "forward a");
        // It holds 355 now, so the other would still lack 55, were it not expected to share a fifth of 400.
        limited.answered("first", 600, 400, Finish.TOOL_CALL);
        assertThat(limited.verdicts()).containsExactly("forward new");
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
    void aRefusedNewcomerKeepsItsPlace() {
        QueueConfig queue = new QueueConfig(10, 1 << 30, Duration.ofSeconds(20), Duration.ofSeconds(10), 3, 429);
        GateBench strict = new GateBench(GateBench.config(GateBench.agents(1), POOL, Mode.ENFORCE, queue));
        strict.started("a", 1_000).newcomer("early", 1_000).at(10);
        assertThat(strict.verdicts()).containsExactly("forward a", "wait_expired early");
        strict.at(15).newcomer("late", 1_000).at(23).newcomer("early", 1_000);
        strict.end("a", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(strict.verdicts()).containsExactly("forward early");
    }

    @Test
    void aRefusedNewcomerThatComesBackTooSoonWaitsForItsPlace() {
        QueueConfig queue = new QueueConfig(10, 1 << 30, Duration.ofSeconds(60), Duration.ofSeconds(30), 3, 429);
        GateBench strict = new GateBench(GateBench.config(GateBench.agents(1), POOL, Mode.ENFORCE, queue));
        strict.started("a", 1_000).newcomer("hasty", 1_000).at(30);
        strict.newcomer("hasty", 1_000).at(32).newcomer("b", 1_000).at(33).newcomer("c", 1_000);
        strict.end("a", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(strict.verdicts()).containsExactly("forward a", "wait_expired hasty", "forward b");
        // Twelve seconds were told at most.
        strict.at(43).end("b", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(strict.verdicts()).containsExactly("forward hasty");
    }

    @Test
    void aNewcomerWhoseClientLeftAndAsksAgainKeepsItsPlace() {
        GateBench one = new GateBench(GateBench.config(GateBench.agents(1), POOL));
        one.started("a", 1_000).newcomer("early", 1_000).at(10).newcomer("late", 1_000);
        one.at(60).withdraw("early").at(61).newcomer("early", 1_000);
        one.end("a", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(one.verdicts()).containsExactly("forward a", "forward early");
    }

    @Test
    void aFullQueueSendsTheLastNewcomerAwayBeforeOneWhoHasStarted() {
        QueueConfig queue = new QueueConfig(2, 1 << 30, Duration.ofSeconds(20), Duration.ofSeconds(10), 3, 429);
        GateBench strict = new GateBench(GateBench.config(GateBench.agents(1), POOL, Mode.ENFORCE, queue));
        strict.started("a", 1_000)
                .newcomer("new1", 1_000)
                .newcomer("new2", 1_000)
                .started("b", 1_500);
        assertThat(strict.verdicts()).containsExactly("forward a", "queue_full new2");
    }

    @Test
    void untilPausesWereSeenEveryAgentIsExpectedToNeedItsRoomAllTheTime() {
        assertThat(enteredAfter(0, 0.1)).isLessThan(20);
        assertThat(enteredAfter(1_500, 0.1)).isGreaterThan(25);
    }

    @Test
    void thoseWhoStayAwayForLongerThanTheEngineNeedsForAllMakeRoom() {
        assertThat(enteredAfter(0, 2)).isEqualTo(60);
    }

    @Test
    void childrenOfThoseInsidePassNewcomersThatDoNotFit() {
        bench.started("parent", 60_000).firstToken("parent");
        bench.answered("parent", 60_000, 0, Finish.TOOL_CALL);
        bench.at(1).newcomer("stranger", 20_000).child("child", "parent", 1_000);
        // The parent's own demand, for which the stranger waits, does not keep its child out.
        bench.at(2);
        assertThat(bench.verdicts()).containsExactly("forward parent", "forward child");
        assertThat(bench.view("stranger").reason()).isEqualTo("at_the_door");
    }

    @Test
    void aNewcomerThatWouldFitDoesNotPassAChildThatDoesNot() {
        GateBench limited = withAChildThatDoesNotFitAndAStrangerThatDoes("default");
        assertThat(limited.verdicts()).isEmpty();
        limited.end("a", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(limited.verdicts()).containsExactly("forward child");
    }

    @Test
    void butOneOfAnotherTenantDoes() {
        GateBench limited = withAChildThatDoesNotFitAndAStrangerThatDoes("other");
        assertThat(limited.verdicts()).containsExactly("forward stranger");
    }

    /** The stranger has waited longer. */
    private static GateBench withAChildThatDoesNotFitAndAStrangerThatDoes(String tenant) {
        GateBench limited = new GateBench(GateBench.config(GateBench.tokens(5_000), POOL));
        limited.started("parent", 1_000);
        limited.answered("parent", 1_000, 0, Finish.TOOL_CALL);
        limited.started("a", 2_000).started("b", 1_500);
        limited.arrive(new Arrival("stranger", "test", tenant, null, false, false, 2_400, 0));
        limited.at(1).child("child", "parent", 3_500);
        assertThat(limited.verdicts()).containsExactly("forward parent", "forward a", "forward b");
        limited.end("b", Ending.CLIENT_GONE, Usage.NONE);
        return limited;
    }

    @Test
    void childrenThatDoNotFitBesideEachOtherWait() {
        bench.started("parent", 10_000).firstToken("parent");
        bench.answered("parent", 10_000, 0, Finish.TOOL_CALL);
        int entered = 0;
        for (int child = 0; child < 40; child++) {
            bench.child("child" + child, "parent", 4_000).firstToken("child" + child);
            entered += bench.verdicts().size();
        }
        assertThat(entered).isBetween(4, 17);
    }

    @Test
    void everybodyComesInWhomTheEngineHasTimeForWithNothingCached() {
        // Sixty agents of 4,000 tokens outgrow the pool, but each asks once in ten minutes.
        assertThat(enteredAfter(1_500, 1)).isEqualTo(60);
    }

    /** Newcomers that come in one after the other, each served in so many seconds, once so many pauses of ten minutes were seen. */
    private static int enteredAfter(int pauses, double seconds) {
        GateBench pausing = new GateBench(GateBench.config(GateBench.workingSet(), POOL));
        double now = 0;
        for (int pause = 0; pause < pauses; pause++) {
            pausing.at(now).started("a", 4_000).firstToken("a").at(now + 5);
            pausing.answered("a", 4_000, 0, Finish.TOOL_CALL);
            now += 605;
        }
        pausing.verdicts();
        for (int agent = 0; agent < 60; agent++) {
            pausing.at(now).newcomer("n" + agent, 4_000);
            if (pausing.verdicts().isEmpty()) {
                return agent;
            }
            now += seconds;
            pausing.firstToken("n" + agent).at(now).answered("n" + agent, 4_000, 0, Finish.TOOL_CALL);
        }
        return 60;
    }

    @Test
    void anEngineThatIdlesTakesANewcomerInWhoeverIsInside() {
        // 60,000 tokens take 60,000 / 15,000 · 1.6 = 6.4 s, and 20,000 take 1.6 s.
        bench.started("parent", 60_000).at(6.4).firstToken("parent");
        bench.answered("parent", 60_000, 0, Finish.TOOL_CALL);
        // It waits for this one, which does not say whose child it is.
        bench.newcomer("child", 20_000).newcomer("other", 20_000).at(9.5);
        assertThat(bench.verdicts()).containsExactly("forward parent");
        bench.at(9.7);
        assertThat(bench.verdicts()).containsExactly("forward child");
        bench.firstToken("child").at(60);
        assertThat(bench.verdicts()).isEmpty();
    }

    @Test
    void aNewcomerLargerThanTheDoorEntersWhenNobodyLives() {
        bench.newcomer("giant", 300_000);
        assertThat(bench.verdicts()).containsExactly("forward giant");
    }
}
