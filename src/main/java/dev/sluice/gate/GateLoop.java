package dev.sluice.gate;

import dev.sluice.admission.AdmissionController;
import dev.sluice.admission.AgentEnd;
import dev.sluice.admission.Arrival;
import dev.sluice.admission.CacheReturn;
import dev.sluice.admission.ContextUse;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Explanation;
import dev.sluice.admission.PauseListener;
import dev.sluice.admission.Place;
import dev.sluice.admission.PrefixBreak;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Snapshot;
import dev.sluice.admission.Urgency;
import dev.sluice.admission.Usage;
import dev.sluice.admission.Verdict;
import dev.sluice.agent.AnswerTrace;
import dev.sluice.agent.Attribution;
import dev.sluice.agent.Fingerprint;
import dev.sluice.config.Mode;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.BudgetChange;
import dev.sluice.control.EngineSignal;
import dev.sluice.decision.Decision;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer: events of the concurrent world become tasks on one {@link Loop}, the pure controller decides there,
 * and its verdicts go back to the loops of those who asked.
 *
 * <p>If the controller fails (a bug of ours), the step at which it did and those that wait are forwarded without control: the
 * proxy must not be less available than the engine.
 *
 * <p>Thread-safe; the controller and the table of those who wait are confined to the loop.
 */
public final class GateLoop implements Gate {

    private static final Logger LOG = LoggerFactory.getLogger(GateLoop.class);
    /** Bound on the agents listed in a snapshot. */
    private static final int MOST_LISTED = 1_000;

    private static final Duration TICK = Duration.ofMillis(100);

    /** Who asked, for which agent, and the loop on which to answer. */
    private record Asker(Caller caller, String agentId, Executor callerLoop) {
        Asker of(String foundAgentId) {
            return new Asker(caller, foundAgentId, callerLoop);
        }
    }

    private final Attribution attribution;
    private final AdmissionController controller;
    private final GateObserver observer;
    private final Loop loop;
    private final AtomicLong stepIds = new AtomicLong();
    private final Map<Long, Asker> askers = new HashMap<>();

    public GateLoop(Attribution attribution, AdmissionController controller, GateObserver observer, Loop loop) {
        this.attribution = attribution;
        this.controller = controller;
        this.observer = observer;
        this.loop = loop;
        controller.listen(new PauseListener() {
            @Override
            public void onPaused(String agentId, String reason, long heldTokens, long nowNanos) {
                observer.onDecision(new Decision.Paused(nowNanos, agentId, reason, heldTokens));
            }

            @Override
            public void onResumed(String agentId, long nowNanos) {
                observer.onDecision(new Decision.Resumed(nowNanos, agentId));
            }
        });
    }

    /** Starts the clockwork: waits expire, silent agents are forgotten. Once. */
    public void start() {
        submit(() -> observer.onDecision(Decision.Configured.of(controller.config(), loop.nowNanos())));
        loop.repeat(TICK, () -> turn(() -> controller.onTick(loop.nowNanos())));
    }

    @Override
    public Claim ask(Arrival arrival, Fingerprint print, Caller caller, Executor callerLoop) {
        long stepId = stepIds.incrementAndGet();
        Asker asker = new Asker(caller, arrival.agentId(), callerLoop);
        try {
            loop.executeAtOnce(() -> arrive(stepId, arrival, print, asker));
        } catch (RejectedExecutionException e) {
            // Only while the process goes down.
            callerLoop.execute(() -> caller.refused(
                    new Refusal(Ending.DRAINING, Duration.ofSeconds(1).toNanos())));
        }
        return new Claim() {
            @Override
            public void withdraw() {
                submit(() -> turn(() -> leave(stepId)));
            }

            @Override
            public void look() {
                submit(() -> tellPlace(stepId));
            }
        };
    }

    private void leave(long stepId) {
        Asker left = askers.get(stepId);
        if (left != null && controller.onWithdraw(stepId, loop.nowNanos())) {
            askers.remove(stepId);
            attribution.onEnd(stepId, false);
            observer.onEnding(Ending.CLIENT_GONE_HELD);
            observer.onDecision(
                    new Decision.Ended(loop.nowNanos(), stepId, left.agentId, Ending.CLIENT_GONE_HELD, Usage.NONE));
        }
    }

    private void arrive(long stepId, Arrival claimed, Fingerprint print, Asker asker) {
        try {
            Arrival arrival = attributed(stepId, claimed, print, asker);
            askers.put(stepId, asker.of(arrival.agentId()));
            controller.onArrival(stepId, arrival, loop.nowNanos());
        } catch (Throwable e) {
            LOG.error("Admission failed; the step is forwarded without control", e);
            forwardWithoutControl(stepId, asker);
        }
        deliverVerdicts();
        Asker waiting = askers.get(stepId);
        Place place = waiting == null ? null : controller.placeOf(stepId, loop.nowNanos());
        if (waiting != null && place != null) {
            observer.onDecision(new Decision.Held(
                    loop.nowNanos(), stepId, waiting.agentId, place.reason().label()));
            execute(waiting, () -> waiting.caller.held(place));
        }
    }

    private void forwardWithoutControl(long stepId, Asker asker) {
        askers.remove(stepId);
        forward(new Verdict.Forward(stepId, false, 0, false, null, -1, Urgency.FIRST), asker);
        try {
            // If the controller already holds it: one that waits there must not, one that has gone ends with its
            // permit.
            controller.onWithdraw(stepId, loop.nowNanos());
        } catch (Throwable e) {
            LOG.error("Admission failed again; the step has been forwarded", e);
        }
    }

    private void tellPlace(long stepId) {
        Asker waiting = askers.get(stepId);
        Place place = waiting == null ? null : controller.placeOf(stepId, loop.nowNanos());
        if (waiting != null && place != null) {
            execute(waiting, () -> waiting.caller.held(place));
        }
    }

    private Arrival attributed(long stepId, Arrival claimed, Fingerprint print, Asker asker) {
        Attribution.Attributed found = attribution.onArrival(stepId, claimed, print);
        Arrival arrival = found.arrival();
        if (found.how() != null) {
            observer.onAttributed(found.how());
            observer.onConversations(attribution.size(), attribution.evictions());
        }
        PrefixBreak broken = arrival.continuity().broken();
        if (broken != null) {
            observer.onPrefixBreak(broken.cause());
        }
        if (arrival.again()) {
            observer.onRetry();
        }
        String how = found.how() == null ? "" : found.how().label();
        observer.onDecision(new Decision.Arrived(loop.nowNanos(), stepId, arrival, how));
        if (!arrival.agentId().equals(claimed.agentId())) {
            execute(asker, () -> asker.caller.attributed(arrival.agentId()));
        }
        return arrival;
    }

    @Override
    public void onSignal(EngineSignal signal) {
        submit(() -> turn(() -> {
            BudgetChange change = controller.onSignal(signal, loop.nowNanos());
            if (change != null) {
                observer.onBudgetChange(change);
                observer.onDecision(new Decision.BudgetChanged(loop.nowNanos(), change));
            }
        }));
    }

    /** The engine tells that it emptied its cache. */
    public void onCacheCleared() {
        submit(() -> turn(() -> controller.onCacheCleared(loop.nowNanos())));
    }

    /** The engine tells the longest context of its models, and whether it counts the answer asked for as well; 0 if unknown. */
    public void onEngineCeiling(long tokens, boolean countsAnswer) {
        submit(() -> controller.onEngineCeiling(tokens, countsAnswer));
    }

    @Override
    public void drain() {
        submit(() -> turn(() -> controller.onDrain(loop.nowNanos())));
    }

    @Override
    public CompletableFuture<Snapshot> snapshot() {
        return snapshot(MOST_LISTED);
    }

    /** A picture of the gate with a list of at most so many agents. */
    public CompletableFuture<Snapshot> snapshot(int mostListed) {
        return compute(() -> controller.snapshot(mostListed, loop.nowNanos()));
    }

    /** Why that agent is where it is; empty if it is not remembered. */
    public CompletableFuture<Optional<Explanation>> explain(String agentId) {
        return compute(() -> Optional.ofNullable(controller.explain(agentId, loop.nowNanos())));
    }

    /** Puts a mode in force; completes when it is. What waits is judged by it at once. */
    public CompletableFuture<Mode> switchTo(Mode mode) {
        return compute(() -> {
            observer.onDecision(new Decision.ModeSwitched(loop.nowNanos(), mode.label()));
            turn(() -> controller.onMode(mode, loop.nowNanos()));
            return mode;
        });
    }

    /** Puts settings in force, as far as they can change while Sluice runs; completes when they are. */
    public CompletableFuture<SluiceConfig> configure(SluiceConfig config) {
        return compute(() -> {
            observer.onDecision(Decision.Configured.of(config, loop.nowNanos()));
            turn(() -> controller.onConfig(config, loop.nowNanos()));
            return config;
        });
    }

    @Override
    public CompletableFuture<AgentEnd> endAgent(String agentId) {
        return compute(() -> {
            AtomicReference<AgentEnd> end = new AtomicReference<>(AgentEnd.UNKNOWN);
            turn(() -> end.set(controller.onAgentEnd(agentId, loop.nowNanos())));
            return end.get();
        });
    }

    private <T> CompletableFuture<T> compute(Supplier<T> answer) {
        CompletableFuture<T> future = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                try {
                    future.complete(answer.get());
                } catch (Throwable e) {
                    future.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(e);
        }
        return future;
    }

    private void submit(Runnable task) {
        submit(loop::executeAtOnce, task);
    }

    private static void submit(Executor way, Runnable task) {
        try {
            way.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("The gate is closed; an event was dropped");
        }
    }

    private void turn(Runnable event) {
        try {
            event.run();
        } catch (Throwable e) {
            deliverVerdicts();
            // The verdict of one of these may be lost, and the next may fail as well.
            Map.copyOf(askers).forEach(this::forwardWithoutControl);
            throw e;
        } finally {
            deliverVerdicts();
        }
    }

    private void deliverVerdicts() {
        for (Verdict verdict = controller.poll(); verdict != null; verdict = controller.poll()) {
            Asker asker = askers.remove(verdict.stepId());
            if (asker != null) {
                verdict.match(go -> deliver(go, asker), refuse -> deliver(refuse, asker));
            }
        }
    }

    /** Who asked is told first: whatever becomes of the rest, no request is lost. */
    private void deliver(Verdict.Forward go, Asker asker) {
        forward(go, asker);
        observer.onForwarded(go.newcomer(), go.waitedNanos());
        if (go.wouldHold()) {
            observer.onWouldHold();
        }
        observer.onDecision(
                new Decision.Forwarded(loop.nowNanos(), go.stepId(), asker.agentId, go.waitedNanos(), go.wouldHold()));
    }

    private void deliver(Verdict.Refuse refuse, Asker asker) {
        Refusal refusal = refuse.refusal();
        execute(asker, () -> asker.caller.refused(refusal));
        observer.onEnding(refusal.ending());
        observer.onDecision(new Decision.Refused(
                loop.nowNanos(), refuse.stepId(), asker.agentId, refusal.ending(), refusal.retryAfterNanos()));
        attribution.onEnd(refuse.stepId(), false);
    }

    private static void execute(Asker asker, Runnable news) {
        try {
            asker.callerLoop.execute(news);
        } catch (RejectedExecutionException e) {
            LOG.debug("The asker's loop is closed; what it was to be told was dropped");
        }
    }

    private void forward(Verdict.Forward go, Asker asker) {
        StepPermit permit = new StepPermit(go, asker.agentId);
        try {
            asker.callerLoop.execute(() -> asker.caller.forward(permit));
        } catch (RejectedExecutionException e) {
            permit.end(Ending.CLIENT_GONE, Usage.NONE);
        }
    }

    private final class StepPermit implements Permit {

        private final Verdict.Forward go;
        private final long stepId;
        private final String agentId;
        private final AtomicBoolean ended = new AtomicBoolean();

        StepPermit(Verdict.Forward go, String agentId) {
            this.go = go;
            this.stepId = go.stepId();
            this.agentId = agentId;
        }

        @Override
        public int rank() {
            return go.rank();
        }

        @Override
        public Urgency urgency() {
            return go.urgency();
        }

        @Override
        public @Nullable ContextUse context() {
            return go.context();
        }

        @Override
        public long waitedNanos() {
            return go.waitedNanos();
        }

        @Override
        public void onFirstToken() {
            submit(() -> turn(() -> {
                observer.onDecision(new Decision.FirstToken(loop.nowNanos(), stepId, agentId));
                controller.onFirstToken(stepId, loop.nowNanos());
            }));
        }

        @Override
        public void onAnswer(AnswerTrace trace) {
            submit(() -> attribution.onAnswer(stepId, trace));
        }

        @Override
        public void end(Ending ending, Usage usage) {
            boolean first = ended.compareAndSet(false, true);
            // Never at once: the caller has not given back yet what the next one could use.
            submit(loop, () -> turn(() -> end(first, ending, usage)));
        }

        private void end(boolean first, Ending ending, Usage usage) {
            if (!first) {
                LOG.error("A permit was ended twice: a bug of ours ending={}", ending.label());
                observer.onDoubleEnd(ending);
                return;
            }
            try {
                observer.onDecision(new Decision.Ended(loop.nowNanos(), stepId, agentId, ending, usage));
            } finally { // whatever becomes of the record, the permit is back
                endOnce(ending, usage);
            }
        }

        private void endOnce(Ending ending, Usage usage) {
            attribution.onEnd(stepId, ending == Ending.COMPLETED);
            CacheReturn back = controller.onEnd(stepId, ending, usage, loop.nowNanos());
            PrefixBreak broken = back == null ? null : back.broken();
            if (back != null && broken != null) {
                observer.onPrefixCost(broken.cause(), back.lostTokens());
            } else if (back != null) {
                observer.onCacheReturn(back.expectedTokens(), back.lostTokens());
            }
            observer.onEnding(ending);
        }
    }
}
