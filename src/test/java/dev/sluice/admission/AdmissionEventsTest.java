package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.config.AgentsConfig;
import dev.sluice.config.LawConfig;
import dev.sluice.config.Mode;
import dev.sluice.config.QueueConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.Samples;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each event changes at once, and what it leaves as it is. */
final class AdmissionEventsTest {

    private static final long POOL = 100_000;

    private final GateBench bench = new GateBench(GateBench.config(GateBench.workingSet(), POOL));
    private final GateBench one = limited(GateBench.agents(1));

    private static GateBench limited(LawConfig law) {
        return new GateBench(GateBench.config(law, POOL));
    }

    @Test
    void anAgentWhoseNextStepHasComeIsNotAskedToGiveWay() {
        bench.started("a", 20_000).firstToken("a").answered("a", 20_000, 0, Finish.END_OF_TURN);
        bench.started("b", 60_000).firstToken("b").at(600).started("a", 40_000).started("d", 20_000);
        assertThat(bench.verdicts()).containsExactly("forward a", "forward b");
        assertThat(bench.view("a").heldTokens()).isGreaterThan(20_000);
    }

    @Test
    void anAgentThatReturnsToAWindowThatHasShrunkLosesItsPlace() {
        GateBench window = limited(GateBench.agents(3));
        window.started("a", 1_000).started("b", 1_000).started("r", 1_000);
        window.answered("a", 1_000, 0, Finish.TOOL_CALL);
        window.answered("b", 1_000, 0, Finish.TOOL_CALL);
        window.configure(GateBench.config(GateBench.agents(2), POOL)).verdicts();
        window.started("a", 1_100);
        assertThat(window.verdicts()).isEmpty();
        assertThat(explain(window, "a").cost().lastPause()).isEqualTo("paused");
        assertThat(window.view("b").state()).isEqualTo(AgentState.RESIDENT);
    }

    @Test
    void aStepBesideAnotherIsThatOfAStartedAgentIfEitherHasStarted() {
        one.started("x", 1_000).newcomer("new", 1_000).newcomer("new", 1_000).started("new", 1_000);
        assertThat(one.view("new+3").reason()).isEqualTo("at_the_door");
        assertThat(one.view("new+4").reason()).isEqualTo("over_budget");
        one.newcomer("x", 1_000);
        assertThat(one.view("x+5").reason()).isEqualTo("over_budget");
    }

    @Test
    void anAgentHasStartedOnceAnyRequestOfItHeldAnAnswer() {
        one.started("x", 1_000).newcomer("a", 1_000).withdraw("a").started("a", 1_000);
        assertThat(one.view("a").reason()).isEqualTo("over_budget");
        one.withdraw("a").newcomer("a", 1_000);
        assertThat(one.view("a").reason()).isEqualTo("over_budget");
    }

    @Test
    void returnsAndEndsTeachHowLikelyANextStepIs() {
        GateBench returned = limited(GateBench.agents(10));
        returned.started("a", 10_000).answered("a", 10_000, 0, Finish.TOOL_CALL);
        returned.started("a", 10_000);
        // 10,010 and the growth of a quarter by the chance of 20 in 21.
        assertThat(heldByAnother(returned)).isEqualTo(12_393);

        GateBench ended = limited(GateBench.agents(10));
        ended.started("a", 10_000).answered("a", 10_000, 0, Finish.TOOL_CALL);
        ended.controller.onAgentEnd("a", 0);
        // 19 in 21
        assertThat(heldByAnother(ended)).isEqualTo(12_274);
    }

    private static long heldByAnother(GateBench gate) {
        gate.started("b", 10_000).answered("b", 10_000, 0, Finish.TOOL_CALL);
        return gate.view("b").heldTokens();
    }

    @Test
    void theMoreAgentsThereAreTheLongerItTakesUntilAllAreLookedAtAgain() {
        GateBench many = limited(GateBench.agents(20_000));
        for (int i = 0; i < 20_000; i++) {
            many.newcomer("a" + i, 10).answered("a" + i, 10, 0, Finish.TOOL_CALL);
        }
        double forgotten = AgentsConfig.DEFAULT.forgetAfter().toSeconds();
        many.at(forgotten).at(forgotten + 0.5);
        assertThat(many.snapshot().list()).isNotEmpty();
        many.at(forgotten + 0.6);
        assertThat(many.snapshot().list()).isEmpty();
    }

    @Test
    void aQueueIsFullBeyondItsBounds() {
        QueueConfig queue = new QueueConfig(2, 8_000, Duration.ofSeconds(20), Duration.ofSeconds(10), 3, 429);
        GateBench strict = new GateBench(GateBench.config(GateBench.agents(1), POOL, Mode.ENFORCE, queue));
        strict.started("a", 1_000).started("b", 1_000).started("c", 1_000);
        assertThat(strict.verdicts()).containsExactly("forward a");
        strict.withdraw("c").started("d", 1_001);
        assertThat(strict.verdicts()).containsExactly("queue_full d");
    }

    @Test
    void aStepThatGoesAtOnceIsNotRefusedHoweverManyWaited() {
        bench.started("running", 80_000).started("a", 50_000).started("b", 50_000);
        bench.started("c", 50_000).configure(queueOf(2, 1 << 30)).verdicts();
        bench.arrive(question("q"));
        assertThat(bench.verdicts()).containsExactly("forward q");
        bench.end("q", Ending.COMPLETED, Usage.NONE);
        assertThat(bench.snapshot().permits()).isEqualTo(1);
        assertThat(bench.snapshot().queue().size()).isEqualTo(2);
    }

    @Test
    void narrowerBoundsRefuseTheNewcomersFirstAndThenWhoHasWaitedLeast() {
        bench.started("running", 80_000)
                .at(1)
                .started("a", 50_000)
                .at(2)
                .started("b", 50_000)
                .newcomer("n", 50_000);
        bench.verdicts();
        bench.configure(queueOf(2, 1 << 30));
        assertThat(bench.verdicts()).containsExactly("queue_full n");
        bench.configure(queueOf(9, 399_999));
        assertThat(bench.verdicts()).containsExactly("queue_full b");
        assertThat(bench.snapshot().queue().size()).isEqualTo(1);
        assertThat(bench.snapshot().queue().bytes()).isEqualTo(200_000);
    }

    @Test
    void asManyNewcomersGiveWayAsTheBodyOfOneThatHasStartedNeeds() {
        GateBench strict = new GateBench(queueOf(9, 20_000));
        strict.started("running", 80_000)
                .newcomer("n1", 2_000)
                .newcomer("n2", 1_000)
                .newcomer("n3", 1_000);
        strict.verdicts();
        strict.started("a", 3_000);
        assertThat(strict.verdicts()).containsExactly("queue_full n3", "queue_full n2");
        assertThat(strict.snapshot().queue().bytes()).isEqualTo(20_000);
    }

    @Test
    void nobodyGivesWayWhereAllNewcomersTogetherWouldNotMakeRoom() {
        GateBench strict = new GateBench(queueOf(9, 20_000));
        strict.started("running", 80_000).started("a", 3_000).newcomer("n", 2_000);
        strict.verdicts();
        strict.started("b", 2_001);
        assertThat(strict.verdicts()).containsExactly("queue_full b");
        strict.started("c", 2_000);
        assertThat(strict.verdicts()).containsExactly("queue_full n");
    }

    @Test
    void whoLosesItsPlaceAsItReturnsWaitsOnce() {
        QueueConfig queue = new QueueConfig(9, 1 << 30, Duration.ofSeconds(20), Duration.ofSeconds(10), 3, 429);
        GateBench window = new GateBench(GateBench.config(GateBench.agents(3), POOL, Mode.ENFORCE, queue));
        window.started("a", 1_000).started("b", 1_000).started("r", 1_000);
        window.answered("a", 1_000, 0, Finish.TOOL_CALL);
        window.answered("b", 1_000, 0, Finish.TOOL_CALL);
        window.configure(GateBench.config(GateBench.agents(2), POOL, Mode.ENFORCE, queue));
        window.arrive(Arrivals.started("patient", 4_000).with(2.0)).started("a", 1_000);
        window.verdicts();
        assertThat(window.snapshot().queue().bytes()).isEqualTo(8_000);
        assertThat(window.at(20).verdicts()).containsExactly("wait_expired a");
        assertThat(window.at(40).verdicts()).containsExactly("wait_expired patient");
        assertThat(window.snapshot().queue().bytes()).isZero();
    }

    private static SluiceConfig queueOf(int maxSteps, long maxBytes) {
        QueueConfig queue = new QueueConfig(maxSteps, maxBytes, Duration.ofMinutes(4), Duration.ofMinutes(4), 3, 429);
        return GateBench.config(GateBench.workingSet(), POOL, Mode.ENFORCE, queue);
    }

    private static Arrival question(String name) {
        return new Arrival(name, "none", "default", null, true, false, 100, 0, true, true);
    }

    @Test
    void bothLimitsSetByHandHold() {
        assertThat(goOfTwenty(limited(fixed(8, 0)))).isEqualTo(8);
        assertThat(goOfTwenty(limited(fixed(0, 30_000)))).isEqualTo(3);
        assertThat(goOfTwenty(limited(fixed(8, 30_000)))).isEqualTo(3);
        assertThat(goOfTwenty(limited(fixed(2, 30_000)))).isEqualTo(2);
    }

    @Test
    void limitsSetByHandHoldWhateverOnesTheGateWasStartedWith() {
        GateBench agents = limited(fixed(2, 0));
        agents.configure(GateBench.config(fixed(0, 30_000), POOL));
        assertThat(goOfTwenty(agents)).isEqualTo(3);
        GateBench tokens = limited(fixed(0, 30_000));
        tokens.configure(GateBench.config(fixed(2, 0), POOL));
        assertThat(goOfTwenty(tokens)).isEqualTo(2);
    }

    private static LawConfig fixed(int agents, long tokens) {
        return new LawConfig(
                LawConfig.Name.STATIC,
                LawConfig.WorkingSet.DEFAULT,
                LawConfig.Concur.DEFAULT,
                new LawConfig.Static(agents, tokens));
    }

    /** How many go at once of twenty agents of 10,000 tokens each. */
    private static long goOfTwenty(GateBench gate) {
        for (int agent = 0; agent < 20; agent++) {
            gate.started("a" + agent, 10_000);
        }
        return gate.verdicts().stream()
                .filter(verdict -> verdict.startsWith("forward"))
                .count();
    }

    @Test
    void onlyAStepThatWaitsCanBeWithdrawn() {
        one.started("a", 1_000).started("b", 1_000);
        assertThat(one.controller.onWithdraw(1, 0)).isFalse();
        assertThat(one.controller.onWithdraw(2, 0)).isTrue();
        assertThat(one.controller.onWithdraw(2, 0)).isFalse();
        assertThat(one.snapshot().permits()).isEqualTo(1);
    }

    @Test
    void whoseStepIsWithdrawnIdlesAgainAndMayGiveWayAtOnce() {
        GateBench tokens = limited(GateBench.tokens(5_000));
        tokens.started("a", 1_000).answered("a", 1_000, 0, Finish.TOOL_CALL);
        tokens.started("b", 2_000).at(200).started("a", 6_000).started("c", 2_500);
        assertThat(tokens.verdicts()).containsExactly("forward a", "forward b");
        tokens.withdraw("a");
        assertThat(tokens.verdicts()).containsExactly("forward c");
        assertThat(tokens.view("a").reason()).isEqualTo("lease_over");
    }

    @Test
    void whoseStepIsWithdrawnIsWhereItWasBefore() {
        GateBench tokens = limited(GateBench.tokens(5_000));
        tokens.started("a", 1_000).answered("a", 1_000, 0, Finish.TOOL_CALL);
        tokens.started("b", 2_000).started("a", 6_000).started("c", 4_000);
        tokens.anonymous("d", 4_000);
        tokens.withdraw("a").withdraw("c").withdraw("d");
        assertThat(tokens.view("a").state()).isEqualTo(AgentState.RESIDENT);
        assertThat(tokens.view("c").state()).isEqualTo(AgentState.PARKED);
        assertThat(tokens.snapshot().list()).noneMatch(view -> view.id().equals("d"));
    }

    @Test
    void aPromptThatEndsWithoutAFirstTokenStandsBeforeNobody() {
        bench.started("r", 10_000).firstToken("r").started("a", 20_000).started("b", 20_000);
        assertThat(bench.verdicts()).containsExactly("forward r", "forward a");
        bench.end("a", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(bench.verdicts()).containsExactly("forward b");
    }

    @Test
    void whoWentWhateverTheCostIsKeptIfNobodyWaits() {
        bench.started("a", 85_000).firstToken("a").started("b", 20_000).at(180).firstToken("b");
        bench.answered("b", 20_000, 0, Finish.TOOL_CALL);
        assertThat(bench.verdicts()).containsExactly("forward a", "forward b");
        assertThat(bench.view("b").state()).isEqualTo(AgentState.RESIDENT);
    }

    @Test
    void anEngineWithoutStepsNeedNotMove() {
        bench.controller.onSignal(Samples.progress(0, POOL, 1), 0);
        bench.controller.onSignal(Samples.progress(11 * SECOND, POOL, 1), 11 * SECOND);
        bench.at(11);
        assertThat(bench.snapshot().signals().fresh()).isTrue();
        bench.started("a", 1_000);
        bench.controller.onSignal(Samples.progress(22 * SECOND, POOL, 1), 22 * SECOND);
        bench.at(22);
        assertThat(bench.snapshot().signals().fresh()).isFalse();
    }

    @Test
    void aLargerPoolLetsThoseWhoWaitGoAtOnce() {
        GateBench told = new GateBench(GateBench.config(GateBench.workingSet(), 0));
        told.controller.onSignal(Samples.progress(0, 10_000, 1), 0);
        told.started("a", 9_000).firstToken("a").started("b", 9_000);
        assertThat(told.verdicts()).containsExactly("forward a");
        told.controller.onSignal(Samples.progress(1, POOL, 1), 0);
        assertThat(polled(told)).containsExactly("forward b");
    }

    @Test
    void anotherModeJudgesWhatWaitsAtOnce() {
        one.started("a", 1_000).started("b", 1_000);
        one.controller.onMode(Mode.OFF, 0);
        assertThat(polled(one)).containsExactly("forward a", "forward b");
    }

    @Test
    void theEndOfAnAgentLetsOthersGoAtOnce() {
        GateBench two = limited(GateBench.agents(2));
        two.started("r", 1_000).started("a", 1_000).answered("a", 1_000, 0, Finish.TOOL_CALL);
        two.started("b", 1_000);
        assertThat(two.verdicts()).containsExactly("forward r", "forward a");
        two.controller.onAgentEnd("a", 0);
        assertThat(polled(two)).containsExactly("forward b");
    }

    /** The verdicts that are ready, without an event that would decide anew. */
    private static List<String> polled(GateBench gate) {
        return gate.withdraw("a").verdicts();
    }

    @Test
    void agentsAreLookedThroughFourTimesASecond() {
        one.at(0).started("a", 1_000).answered("a", 1_000, 0, Finish.TOOL_CALL);
        one.at(900).at(900.2);
        assertThat(one.snapshot().list()).hasSize(1);
        one.at(900.25);
        assertThat(one.snapshot().list()).isEmpty();
    }

    @Test
    void theDoorLooksAtTheDemandFourTimesASecond() {
        bench.started("a", 88_000).firstToken("a").started("b", 1_000).firstToken("b");
        bench.at(1).newcomer("new", 1_000).end("a", Ending.CLIENT_GONE, Usage.NONE);
        bench.verdicts();
        assertThat(bench.at(1.2).verdicts()).isEmpty();
        assertThat(bench.at(1.25).verdicts()).containsExactly("forward new");
    }

    @Test
    void whoseAnswersTellNoSizeIsCountedByWhatItSends() {
        bench.newcomer("a", 10_000).firstToken("a").end("a", Ending.COMPLETED, Usage.NONE);
        assertThat(bench.view("a").state()).isEqualTo(AgentState.RESIDENT);
        assertThat(bench.view("a").contextTokens()).isEqualTo(10_000);

        bench.started("a", 12_000).firstToken("a").end("a", Ending.COMPLETED, Usage.NONE);
        assertThat(bench.view("a").contextTokens()).isEqualTo(12_000);

        bench.started("a", 14_000).firstToken("a").end("a", Ending.ENGINE_SLOW, Usage.NONE);
        assertThat(bench.view("a").contextTokens()).isEqualTo(12_000);
    }

    @Test
    void whatAnIdleAgentIsWorthFallsWithItsSilence() {
        wellFilled();
        bench.started("a", 15_000).firstToken("a").answered("a", 15_000, Usage.UNKNOWN, Finish.TOOL_CALL);
        bench.started("b", 30_000).verdicts();
        double before = explain(bench, "a").holdRatio();
        assertThat(before).isGreaterThan(2);
        assertThat(bench.at(301).verdicts()).isEmpty();
        assertThat(bench.at(345).verdicts()).containsExactly("forward b");
        assertThat(bench.view("a").reason()).isEqualTo("low_hold_value");
    }

    @Test
    void thePriceOfRoomFollowsHowFullTheEngineIs() {
        wellFilled();
        bench.started("a", 15_000).firstToken("a").answered("a", 15_000, Usage.UNKNOWN, Finish.TOOL_CALL);
        Agent unknown = Arrivals.agent("a");
        unknown.lastFinish = Finish.TOOL_CALL;
        double worth = new Pauses().of(unknown).returnRatePerSecond(0) / 15_000 * (1 + 15_010 / 50_000.0);
        // 60,000 of 95,000 tokens for five minutes, and no work on prompts
        double price = 0.65 / (60.0 / 95) / POOL;
        assertThat(explain(bench, "a").holdRatio()).isCloseTo(worth / price, within(1e-6));
    }

    /** An agent fills the engine for five minutes, so that idle prefixes are worth their room. */
    private void wellFilled() {
        bench.started("c", 60_000).firstToken("c").at(300);
    }

    @Test
    void whoGoesWhateverTheCostParksThoseWhoIdle() {
        wellFilled();
        bench.started("a", 15_000).firstToken("a").answered("a", 15_000, Usage.UNKNOWN, Finish.TOOL_CALL);
        bench.started("b", 50_000).verdicts();
        bench.at(479);
        assertThat(bench.view("a").state()).isEqualTo(AgentState.RESIDENT);
        assertThat(bench.at(480).verdicts()).containsExactly("forward b");
        assertThat(bench.view("a").reason()).isEqualTo("gave_way");
    }

    @Test
    void whoGoesBecauseNobodyRunsParksThoseWhoIdle() {
        GateBench tokens = limited(GateBench.tokens(10_000));
        tokens.started("a", 4_000).answered("a", 4_000, 0, Finish.TOOL_CALL);
        tokens.started("b", 8_000);
        assertThat(tokens.verdicts()).containsExactly("forward a", "forward b");
        assertThat(tokens.view("a").reason()).isEqualTo("gave_way");
    }

    @Test
    void eightOfThoseWhoHoldTheirPrefixAreTriedBeforeTheTurnPassesOn() {
        assertThat(goesBehind(7)).isTrue();
        assertThat(goesBehind(8)).isFalse();
    }

    /** Whether a small step goes that stands behind so many larger ones without room. */
    private static boolean goesBehind(int larger) {
        GateBench tokens = limited(GateBench.tokens(10_000));
        for (int agent = 0; agent < larger; agent++) {
            tokens.started("a" + agent, 300).answered("a" + agent, 300, 0, Finish.TOOL_CALL);
        }
        tokens.started("small", 200).answered("small", 200, 0, Finish.TOOL_CALL);
        tokens.started("r", 5_000);
        for (int agent = 0; agent < larger; agent++) {
            tokens.started("a" + agent, 4_000);
        }
        tokens.verdicts();
        return tokens.started("small", 210).verdicts().contains("forward small");
    }

    @Test
    void theExpectedWaitIsThePlaceTimesThePaceOfThoseWhoWaited() {
        GateBench two = limited(GateBench.agents(2));
        two.started("x", 1_000).started("y", 1_000);
        two.started("a", 1_000).started("b", 1_000).started("c", 1_000).started("d", 1_000);
        assertThat(two.snapshot().permits()).isEqualTo(2);
        two.at(4).end("x", Ending.CLIENT_GONE, Usage.NONE);
        two.answered("y", 1_000, 0, Finish.TOOL_CALL);
        // It has its place still, so it does not wait.
        two.at(6).started("y", 1_000);
        assertThat(two.view("c").estimateNanos()).isEqualTo(-1);
        two.at(8).end("a", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(two.verdicts()).containsExactly("forward x", "forward y", "forward a", "forward y", "forward b");
        assertThat(two.view("c").estimateNanos()).isEqualTo(4 * SECOND);
        assertThat(two.view("d").estimateNanos()).isEqualTo(8 * SECOND);
        assertThat(explain(two, "b").cost().waitedNanos()).isEqualTo(8 * SECOND);
    }

    @Test
    void theTimeInWhichNobodyWaitedSaysNothingOfThePace() {
        one.started("x", 1_000).started("a", 1_000).at(4).end("x", Ending.CLIENT_GONE, Usage.NONE);
        one.at(100).started("b", 1_000).started("c", 1_000);
        one.at(104).end("a", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(one.verdicts()).containsExactly("forward x", "forward a", "forward b");
        assertThat(one.view("c").estimateNanos()).isEqualTo(-1);
    }

    @Test
    void aNewcomersWaitEndsAtTheBoundOfTheDoorAndIsNotInAnybodysTurnIfNobodyElseWaits() {
        QueueConfig queue = new QueueConfig(9, 1 << 30, Duration.ofSeconds(20), Duration.ofSeconds(10), 3, 429);
        GateBench strict = new GateBench(GateBench.config(GateBench.workingSet(), POOL, Mode.ENFORCE, queue));
        strict.started("a", 90_000).firstToken("a").at(1).newcomer("new", 1_000);
        strict.nowNanos = 4 * SECOND;
        assertThat(explain(strict, "new").expiresInNanos()).isEqualTo(7 * SECOND);
        assertThat(explain(strict, "new").obstacles()).containsExactly(new Obstacle(Obstacle.Kind.DOOR_SHUT, 0));
        strict.started("b", 20_000);
        assertThat(explain(strict, "b").expiresInNanos()).isEqualTo(20 * SECOND);
        assertThat(explain(strict, "a").expiresInNanos()).isEqualTo(-1);
        assertThat(explain(strict, "a").holdRatio()).isNaN();
    }

    private static Explanation explain(GateBench gate, String agent) {
        Explanation explanation = gate.controller.explain(agent, gate.nowNanos);
        assertThat(explanation).isNotNull();
        return explanation;
    }
}
