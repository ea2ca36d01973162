package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.LawConfig;
import dev.sluice.config.Mode;
import dev.sluice.config.QueueConfig;
import dev.sluice.control.EngineSilence;
import dev.sluice.control.Samples;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Waits and their ends, modes and limits set by hand, and who is remembered. */
final class AdmissionControllerTest {

    private static final long POOL = 100_000;

    private final GateBench bench = new GateBench(GateBench.config(GateBench.workingSet(), POOL));

    @Test
    void waitsExpireByTheirOwnBounds() {
        QueueConfig queue = new QueueConfig(10, 1 << 30, Duration.ofSeconds(20), Duration.ofSeconds(10), 3, 429);
        GateBench strict = new GateBench(GateBench.config(GateBench.agents(1), POOL, Mode.ENFORCE, queue));
        strict.started("a", 1_000).newcomer("new", 1_000).started("b", 1_000);
        strict.verdicts();
        assertThat(strict.at(9.9).verdicts()).isEmpty();
        assertThat(strict.at(10).verdicts()).containsExactly("wait_expired new");
        assertThat(strict.at(20).verdicts()).containsExactly("wait_expired b");
        assertThat(strict.snapshot().agents().waiting()).isZero();
    }

    @Test
    void theQueueIsBoundedInStepsAndBytes() {
        QueueConfig queue = new QueueConfig(2, 20_000, Duration.ofSeconds(20), Duration.ofSeconds(10), 3, 429);
        GateBench strict = new GateBench(GateBench.config(GateBench.agents(1), POOL, Mode.ENFORCE, queue));
        strict.started("a", 1_000).started("b", 1_000).started("c", 1_000).started("d", 1_000);
        assertThat(strict.verdicts()).containsExactly("forward a", "queue_full d");
        strict.withdraw("c").started("e", 5_000);
        assertThat(strict.verdicts()).containsExactly("queue_full e");
        assertThat(strict.snapshot().queue().size()).isEqualTo(1);
        assertThat(strict.snapshot().queue().bytes()).isEqualTo(4_000);
    }

    @Test
    void aClientThatLeavesWhileHeldLeavesNothingBehind() {
        bench.started("a", 90_000).firstToken("a").started("b", 30_000).withdraw("b");
        assertThat(bench.snapshot().queue().size()).isZero();
        assertThat(bench.snapshot().agents().waiting()).isZero();
        bench.end("a", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(bench.snapshot().permits()).isZero();
        assertThat(bench.verdicts()).containsExactly("forward a");
    }

    @Test
    void aSecondStepBesideTheFirstIsAnAgentOfItsOwn() {
        bench.started("a", 10_000).firstToken("a").started("a", 2_000);
        assertThat(bench.verdicts()).containsExactly("forward a", "forward a");
        assertThat(bench.snapshot().agents().running()).isEqualTo(2);
        bench.answered("a", 2_000, 0, Finish.END_OF_TURN);
        assertThat(bench.snapshot().agents().running()).isEqualTo(1);
        assertThat(bench.snapshot().list()).hasSize(1);
    }

    @Test
    void shadowModeForwardsEverythingAndSaysWhatItWouldHaveHeld() {
        GateBench shadow =
                new GateBench(GateBench.config(GateBench.workingSet(), POOL, Mode.SHADOW, QueueConfig.DEFAULT));
        shadow.started("a", 90_000).firstToken("a");
        shadow.controller.onArrival(99, new Arrival("b", "test", "default", null, false, true, 200_000, 0), 0);
        Verdict verdict = shadow.controller.poll();
        assertThat(verdict).isEqualTo(new Verdict.Forward(99, false, 0, true, null, RankPlacement.NONE, Urgency.NEXT));
    }

    @Test
    void modeOffForwardsEverything() {
        GateBench off = new GateBench(GateBench.config(GateBench.agents(1), POOL, Mode.OFF, QueueConfig.DEFAULT));
        off.started("a", 90_000).started("b", 90_000);
        assertThat(off.verdicts()).containsExactly("forward a", "forward b");
    }

    @Test
    void drainingRefusesWhoWaitsAndWhoComes() {
        bench.started("a", 90_000).firstToken("a").started("b", 30_000);
        bench.verdicts();
        bench.controller.onDrain(bench.nowNanos);
        bench.started("c", 1_000);
        assertThat(bench.verdicts()).containsExactly("draining b", "draining c");
        assertThat(bench.snapshot().permits()).isEqualTo(1);
    }

    @Test
    void aWindowOfAgentsKeepsThePlaceOfAnIdleOneForALease() {
        GateBench window = new GateBench(GateBench.config(GateBench.agents(2), POOL));
        window.started("a", 1_000).started("b", 1_000).started("c", 1_000);
        window.answered("a", 1_000, 0, Finish.TOOL_CALL);
        assertThat(window.verdicts()).containsExactly("forward a", "forward b");
        window.at(1).started("a", 1_100);
        assertThat(window.verdicts()).containsExactly("forward a");
        window.answered("a", 1_100, 0, Finish.TOOL_CALL);
        window.at(120);
        assertThat(window.verdicts()).isEmpty();
        window.at(122);
        assertThat(window.verdicts()).containsExactly("forward c");
    }

    @Test
    void aTokenLimitCountsWhatAgentsHold() {
        GateBench limited = new GateBench(GateBench.config(GateBench.tokens(5_000), POOL));
        limited.started("a", 2_000).started("b", 2_000).started("c", 2_000);
        assertThat(limited.verdicts()).containsExactly("forward a", "forward b");
        limited.end("a", Ending.CLIENT_GONE, Usage.NONE);
        assertThat(limited.verdicts()).containsExactly("forward c");
    }

    @Test
    void signalsGrowStaleAndFailuresAreCounted() {
        bench.controller.onSignal(Samples.progress(0, POOL, 1), 0);
        assertThat(bench.snapshot().signals()).isEqualTo(new Snapshot.Signals(true, 0, 0));
        bench.controller.onSignal(new EngineSilence(SECOND, "timed_out"), SECOND);
        bench.at(11);
        assertThat(bench.snapshot().signals()).isEqualTo(new Snapshot.Signals(false, 11 * SECOND, 1));
    }

    @Test
    void silentAgentsAreForgottenButNotThoseWithLivingChildren() {
        bench.newcomer("parent", 1_000).firstToken("parent");
        bench.answered("parent", 1_000, 0, Finish.TOOL_CALL);
        bench.at(1).child("child", "parent", 1_000);
        bench.at(1_000);
        assertThat(bench.snapshot().list())
                .extracting(Snapshot.AgentView::id)
                .containsExactlyInAnyOrder("parent", "child");
        bench.answered("child", 1_000, 0, Finish.END_OF_TURN);
        bench.at(1_500);
        assertThat(bench.snapshot().list()).hasSize(2);
        bench.at(2_000).at(2_010);
        assertThat(bench.snapshot().list()).isEmpty();
        assertThat(bench.snapshot().pressure()).isZero();
    }

    @Test
    void theTableOfAgentsIsBounded() {
        GateBench small =
                new GateBench(GateBench.remembering(1_000, GateBench.config(GateBench.agents(2_000_000), POOL)));
        for (int agent = 0; agent < 1_500; agent++) {
            small.started("a" + agent, 10);
            small.answered("a" + agent, 10, 0, Finish.TOOL_CALL);
        }
        assertThat(small.snapshot().agents().resident()).isEqualTo(1_000);
    }

    @Test
    void retryAfterIsBoundedAndSpread() {
        QueueConfig queue = new QueueConfig(1, 1 << 30, Duration.ofSeconds(20), Duration.ofSeconds(10), 3, 429);
        GateBench strict = new GateBench(GateBench.config(GateBench.agents(1), POOL, Mode.ENFORCE, queue));
        strict.started("a", 1_000).started("b", 1_000);
        long before = -1;
        for (int client = 0; client < 50; client++) {
            strict.controller.onArrival(
                    1_000 + client, new Arrival("c" + client, "t", "default", null, false, true, 10, 0), 0);
            for (Verdict verdict = strict.controller.poll(); verdict != null; verdict = strict.controller.poll()) {
                assertThat(verdict).isInstanceOf(Verdict.Refuse.class);
                long retry = ((Verdict.Refuse) verdict).refusal().retryAfterNanos();
                assertThat(retry).isBetween(SECOND, 60 * SECOND).isNotEqualTo(before);
                before = retry;
            }
        }
    }

    @Test
    void concurMovesTheWindowOfThoseInside() {
        GateBench concur = new GateBench(GateBench.config(
                new LawConfig(
                        LawConfig.Name.CONCUR,
                        LawConfig.WorkingSet.DEFAULT,
                        new LawConfig.Concur(Duration.ofSeconds(5), 2, 100),
                        LawConfig.Static.DEFAULT),
                POOL));
        concur.started("a", 1_000).started("b", 1_000).started("c", 1_000).started("d", 1_000);
        assertThat(concur.verdicts()).containsExactly("forward a", "forward b");
        concur.controller.onSignal(Samples.sample(0, POOL, 0.1, 0, 0), 0);
        concur.controller.onSignal(Samples.sample(5 * SECOND, POOL, 0.1, 0, 0), 5 * SECOND);
        concur.at(5);
        assertThat(concur.verdicts()).containsExactly("forward c", "forward d");
    }
}
