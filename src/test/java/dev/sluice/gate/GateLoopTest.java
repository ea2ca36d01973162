package dev.sluice.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.admission.AdmissionController;
import dev.sluice.admission.Arrival;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Finish;
import dev.sluice.admission.Place;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Snapshot;
import dev.sluice.admission.Usage;
import dev.sluice.agent.Attribution;
import dev.sluice.agent.Fingerprint;
import dev.sluice.config.IdentityConfig;
import dev.sluice.config.LawConfig;
import dev.sluice.config.Mode;
import dev.sluice.config.PoolConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.decision.Decision;
import dev.sluice.simulate.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The single writer, in virtual time. */
final class GateLoopTest {

    private final VirtualTime time = new VirtualTime();
    private final Observed observed = new Observed();
    private final GateLoop gate = new GateLoop(
            new Attribution(IdentityConfig.Fingerprint.DEFAULT, 1),
            new AdmissionController(oneAgent()),
            observed,
            time);

    private static SluiceConfig oneAgent() {
        SluiceConfig base = SluiceConfig.DEFAULT;
        LawConfig law = new LawConfig(
                LawConfig.Name.STATIC,
                LawConfig.WorkingSet.DEFAULT,
                LawConfig.Concur.DEFAULT,
                new LawConfig.Static(1, 0));
        return new SluiceConfig(
                base.mode(),
                base.listen(),
                base.tls(),
                base.admin(),
                base.upstream(),
                base.engine(),
                base.signals(),
                new PoolConfig(100_000),
                law,
                base.queue(),
                base.clients(),
                base.agents(),
                base.identity(),
                base.tenants(),
                base.limits(),
                base.drain(),
                base.decisions(),
                base.report(),
                base.tracing());
    }

    private static final class Observed implements GateObserver {
        final List<String> events = new ArrayList<>();
        final List<Decision> decisions = new ArrayList<>();

        /** The next decision of that kind is met with an error of ours. */
        @Nullable
        Class<? extends Decision> failsAt;

        @Override
        public void onForwarded(boolean newcomer, long waitedNanos) {
            events.add((newcomer ? "newcomer forwarded " : "forwarded ") + waitedNanos);
        }

        @Override
        public void onEnding(Ending ending) {
            events.add(ending.label());
        }

        @Override
        public void onDecision(Decision decision) {
            decisions.add(decision);
            if (failsAt != null && failsAt.isInstance(decision)) {
                failsAt = null;
                throw new StackOverflowError("a bug of ours");
            }
        }

        @Override
        public void onDoubleEnd(Ending ending) {
            events.add("double " + ending.label());
        }
    }

    private static final class Asker implements Gate.Caller {
        final List<Permit> permits = new ArrayList<>();
        final List<Refusal> refusals = new ArrayList<>();
        final List<Place> places = new ArrayList<>();

        @Override
        public void held(Place place) {
            places.add(place);
        }

        @Override
        public void forward(Permit permit) {
            permits.add(permit);
        }

        @Override
        public void refused(Refusal refusal) {
            refusals.add(refusal);
        }
    }

    private Gate.Claim ask(String agent, Asker asker) {
        return gate.ask(
                new Arrival(agent, "test", "default", null, false, true, 100, -1), Fingerprint.NONE, asker, time);
    }

    private void settle() {
        while (time.runNext(time.nowNanos())) {
            // everything due now
        }
    }

    private Snapshot snapshot() {
        CompletableFuture<Snapshot> future = gate.snapshot();
        settle();
        return future.join();
    }

    @Test
    void whereTheLoopAllowsItAllButTheEndIsDoneWithinTheCall() {
        GateLoop atOnce = new GateLoop(
                new Attribution(IdentityConfig.Fingerprint.DEFAULT, 1),
                new AdmissionController(oneAgent()),
                observed,
                new Immediate(time));
        Asker asker = new Asker();
        Arrival arrival = new Arrival("a", "test", "default", null, false, true, 100, -1);
        Gate.Claim claim = atOnce.ask(arrival, Fingerprint.NONE, asker, Runnable::run);
        assertThat(asker.permits).hasSize(1);
        claim.withdraw();
        asker.permits.get(0).onFirstToken();
        asker.permits.get(0).end(Ending.COMPLETED, Usage.NONE);
        assertThat(observed.decisions).last().isInstanceOf(Decision.FirstToken.class);
        settle();
        assertThat(observed.decisions).last().isInstanceOf(Decision.Ended.class);
        assertThat(observed.events).containsExactly("forwarded 0", "completed");
    }

    @Test
    void theAnswerComesWhenTheLoopRunsTheQuestion() {
        Asker asker = new Asker();
        ask("a", asker);
        assertThat(asker.permits).isEmpty();
        settle();
        assertThat(asker.permits).hasSize(1);
        assertThat(observed.events).containsExactly("forwarded 0");
    }

    @Test
    void aNewcomersStepIsToldApart() {
        Arrival newcomer = new Arrival("new", "test", "default", null, false, false, 100, -1);
        gate.ask(newcomer, Fingerprint.NONE, new Asker(), time);
        settle();
        assertThat(observed.events).containsExactly("newcomer forwarded 0");
    }

    @Test
    void everythingThatIsToldAndDecidedIsRecordedInOrder() {
        Asker first = new Asker();
        ask("a", first);
        Asker second = new Asker();
        Gate.Claim left = ask("b", second);
        settle();
        left.withdraw();
        first.permits.get(0).onFirstToken();
        first.permits.get(0).end(Ending.COMPLETED, new Usage(100, 0, 10, Finish.TOOL_CALL));
        gate.switchTo(Mode.SHADOW);
        ask("c", new Asker());
        settle();
        ask("e", new Asker());
        settle();
        gate.drain();
        ask("d", new Asker());
        settle();

        assertThat(observed.decisions)
                .extracting(GateLoopTest::told)
                .containsExactly(
                        "Arrived a",
                        "Forwarded a",
                        "Arrived b",
                        "Held b no_place",
                        "Ended b client_gone_held",
                        "FirstToken a",
                        "Ended a completed",
                        "ModeSwitched shadow",
                        "Arrived c",
                        "Paused",
                        "Forwarded c",
                        "Arrived e",
                        "Forwarded e would hold",
                        "Arrived d",
                        "Refused d draining");
    }

    private static String told(Decision decision) {
        String what = decision.getClass().getSimpleName();
        if (decision instanceof Decision.Held held) {
            return what + " " + held.agentId() + " " + held.reason();
        } else if (decision instanceof Decision.Forwarded forwarded) {
            return what + " " + forwarded.agentId() + (forwarded.wouldHold() ? " would hold" : "");
        } else if (decision instanceof Decision.Refused refused) {
            return what + " " + refused.agentId() + " " + refused.ending().label();
        } else if (decision instanceof Decision.Ended ended) {
            return what + " " + ended.agentId() + " " + ended.ending().label();
        } else if (decision instanceof Decision.ModeSwitched switched) {
            return what + " " + switched.mode();
        } else if (decision instanceof Decision.OfStep step) {
            return what + " " + step.agentId();
        }
        return what;
    }

    @Test
    void anAgentThatGivesWayIsPausedAndResumedWhenItGoesOn() {
        Asker first = new Asker();
        ask("a", first);
        settle();
        first.permits.get(0).end(Ending.COMPLETED, new Usage(100, 0, 10, Finish.TOOL_CALL));
        Asker second = new Asker();
        ask("b", second);
        settle();
        second.permits.get(0).end(Ending.COMPLETED, new Usage(100, 0, 10, Finish.TOOL_CALL));
        Asker again = new Asker();
        ask("a", again);
        settle();

        assertThat(again.permits).hasSize(1);
        assertThat(observed.decisions)
                .filteredOn(Decision.Paused.class::isInstance)
                .extracting(paused -> ((Decision.Paused) paused).agentId() + " " + ((Decision.Paused) paused).reason())
                .contains("a gave_way");
        assertThat(observed.decisions)
                .filteredOn(Decision.Resumed.class::isInstance)
                .extracting(resumed -> ((Decision.Resumed) resumed).agentId())
                .containsExactly("a");
    }

    @Test
    void theEndOfOneStepLetsTheNextOneGo() {
        Asker first = new Asker();
        Asker second = new Asker();
        ask("a", first);
        ask("b", second);
        settle();
        assertThat(second.permits).isEmpty();
        first.permits.get(0).end(Ending.CLIENT_GONE, Usage.NONE);
        settle();
        assertThat(second.permits).hasSize(1);
        assertThat(snapshot().permits()).isEqualTo(1);
    }

    @Test
    void aPermitEndsOnceAndTheSecondEndIsReported() {
        Asker asker = new Asker();
        ask("a", asker);
        settle();
        Permit permit = asker.permits.get(0);
        permit.end(Ending.COMPLETED, Usage.NONE);
        permit.end(Ending.CLIENT_GONE, Usage.NONE);
        settle();
        assertThat(observed.events).containsExactly("forwarded 0", "completed", "double client_gone");
        assertThat(snapshot().permits()).isZero();
    }

    @Test
    void whoWaitsIsToldItsPlaceAndAgainWhenItLooks() {
        Asker first = new Asker();
        Asker second = new Asker();
        ask("a", first).look();
        Gate.Claim claim = ask("b", second);
        settle();
        assertThat(first.places).isEmpty();
        assertThat(second.places).hasSize(1);
        claim.look();
        settle();
        assertThat(second.places).hasSize(2).allSatisfy(place -> {
            assertThat(place.position()).isEqualTo(1);
            assertThat(place.of()).isEqualTo(1);
        });
        gate.drain();
        claim.look();
        settle();
        assertThat(second.places).hasSize(2);
        assertThat(second.refusals.get(0).place()).isEqualTo(second.places.get(1));
    }

    @Test
    void whoWithdrawsIsNotForwardedAndLeavesNothing() {
        Asker first = new Asker();
        Asker second = new Asker();
        ask("a", first);
        Gate.Claim claim = ask("b", second);
        settle();
        claim.withdraw();
        claim.withdraw();
        first.permits.get(0).end(Ending.COMPLETED, Usage.NONE);
        settle();
        assertThat(second.permits).isEmpty();
        assertThat(second.refusals).isEmpty();
        assertThat(observed.events).containsExactly("forwarded 0", "client_gone_held", "completed");
        assertThat(snapshot().queue().size()).isZero();
    }

    @Test
    void aWithdrawalThatCrossesThePermitLeavesThePermitToItsOwner() {
        Asker asker = new Asker();
        Gate.Claim claim = ask("a", asker);
        claim.withdraw();
        settle();
        assertThat(asker.permits).hasSize(1);
        asker.permits.get(0).end(Ending.CLIENT_GONE, Usage.NONE);
        settle();
        assertThat(snapshot().permits()).isZero();
        assertThat(observed.events).containsExactly("forwarded 0", "client_gone");
    }

    @Test
    void aPermitForAClosedLoopEndsAtOnce() {
        gate.ask(
                new Arrival("a", "test", "default", null, false, true, 100, -1),
                Fingerprint.NONE,
                new Asker(),
                task -> {
                    throw new RejectedExecutionException("closed");
                });
        settle();
        assertThat(snapshot().permits()).isZero();
        assertThat(observed.events).containsExactly("forwarded 0", "client_gone");
    }

    @Test
    void drainingRefusesWhoWaits() {
        Asker first = new Asker();
        Asker second = new Asker();
        ask("a", first);
        ask("b", second);
        gate.drain();
        settle();
        assertThat(second.refusals).hasSize(1);
        assertThat(second.refusals.get(0).ending()).isEqualTo(Ending.DRAINING);
        assertThat(snapshot().permits()).isEqualTo(1);
    }

    @Test
    void aStepAtWhichAdmissionFailsIsForwardedWithoutControl() {
        observed.failsAt = Decision.Arrived.class;
        Asker asker = new Asker();
        ask("a", asker);
        settle();
        assertThat(asker.permits).hasSize(1);
        asker.permits.get(0).end(Ending.COMPLETED, Usage.NONE);
        assertThat(snapshot().permits()).isZero();
    }

    @Test
    void aStepAtWhichAdmissionFailsAmidTheDecisionDoesNotWaitAsWell() {
        Asker first = new Asker();
        ask("a", first);
        settle();
        first.permits.get(0).end(Ending.COMPLETED, new Usage(100, 0, 10, Finish.TOOL_CALL));
        observed.failsAt = Decision.Paused.class;
        Asker second = new Asker();
        ask("b", second);
        settle();
        assertThat(second.permits).hasSize(1);
        assertThat(snapshot().queue().size()).isZero();
        second.permits.get(0).end(Ending.COMPLETED, Usage.NONE);
        assertThat(snapshot().permits()).isZero();
        assertThat(snapshot().agents().running()).isZero();

        Asker third = new Asker();
        Asker fourth = new Asker();
        ask("c", third);
        ask("d", fourth);
        settle();
        assertThat(third.permits).hasSize(1);
        assertThat(fourth.permits).isEmpty();
    }

    @Test
    void whereLettingGoFailsWhoWaitsIsForwardedWithoutControl() {
        Asker first = new Asker();
        ask("a", first);
        settle();
        first.permits.get(0).end(Ending.COMPLETED, new Usage(100, 0, 10, Finish.TOOL_CALL));
        Asker second = new Asker();
        ask("b", second);
        Asker again = new Asker();
        ask("a", again);
        Asker third = new Asker();
        ask("c", third);
        settle();
        assertThat(again.permits).isEmpty();

        observed.failsAt = Decision.Resumed.class;
        second.permits.get(0).end(Ending.COMPLETED, new Usage(100, 0, 10, Finish.TOOL_CALL));
        assertThatThrownBy(this::settle).isInstanceOf(StackOverflowError.class);
        settle();
        assertThat(again.permits).hasSize(1);
        assertThat(third.permits).hasSize(1);
        assertThat(snapshot().queue().size()).isZero();
        again.permits.get(0).end(Ending.COMPLETED, Usage.NONE);
        third.permits.get(0).end(Ending.COMPLETED, Usage.NONE);
        assertThat(snapshot().permits()).isZero();
        assertThat(snapshot().agents().running()).isZero();
    }

    @Test
    void whoAskedIsToldWhateverBecomesOfTheRecord() {
        Asker first = new Asker();
        observed.failsAt = Decision.Forwarded.class;
        ask("a", first);
        assertThatThrownBy(this::settle).isInstanceOf(StackOverflowError.class);
        Asker second = new Asker();
        ask("b", second);
        settle();
        assertThat(first.permits).hasSize(1);

        observed.failsAt = Decision.Refused.class;
        gate.drain();
        assertThatThrownBy(this::settle).isInstanceOf(StackOverflowError.class);
        settle();
        assertThat(second.refusals).hasSize(1);
    }

    @Test
    void aQuestionAtWhichTheGateFailsIsAnsweredWithTheFailure() {
        observed.failsAt = Decision.Configured.class;
        CompletableFuture<SluiceConfig> configured = gate.configure(oneAgent());
        settle();
        assertThat(configured).isCompletedExceptionally();
    }

    @Test
    void theClockworkExpiresWaits() {
        gate.start();
        Asker second = new Asker();
        ask("a", new Asker());
        gate.ask(new Arrival("b", "test", "default", null, false, false, 100, -1), Fingerprint.NONE, second, time);
        long limit = Duration.ofMinutes(4).plusSeconds(1).toNanos();
        boolean more = true;
        while (more && second.refusals.isEmpty()) {
            more = time.runNext(limit);
        }
        assertThat(second.refusals).hasSize(1);
        assertThat(second.refusals.get(0).ending()).isEqualTo(Ending.WAIT_EXPIRED);
    }

    /** Runs at once what may be. */
    private record Immediate(VirtualTime time) implements Loop {

        @Override
        public long nowNanos() {
            return time.nowNanos();
        }

        @Override
        public void execute(Runnable task) {
            time.execute(task);
        }

        @Override
        public void executeAtOnce(Runnable task) {
            task.run();
        }

        @Override
        public void repeat(Duration period, Runnable task) {
            time.repeat(period, task);
        }
    }
}
