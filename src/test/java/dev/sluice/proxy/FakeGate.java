package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.AgentEnd;
import dev.sluice.admission.Arrival;
import dev.sluice.admission.ContextUse;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Obstacle;
import dev.sluice.admission.Place;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Snapshot;
import dev.sluice.admission.Urgency;
import dev.sluice.admission.Usage;
import dev.sluice.agent.Fingerprint;
import dev.sluice.control.EngineSignal;
import dev.sluice.gate.Gate;
import dev.sluice.gate.Permit;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A gate that says what the test wants, and knows whether each permit that it gave was ended exactly once. */
final class FakeGate implements Gate {

    static final long WAITED_NANOS = TimeUnit.MILLISECONDS.toNanos(7);

    /** Where a step stands that waits, and where when it looks again. */
    static final Place PLACE = new Place(3, 5, TimeUnit.SECONDS.toNanos(12), Obstacle.Kind.DOOR_SHUT);

    static final Place LATER = new Place(1, 4, -1, Obstacle.Kind.NO_ROOM);

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    private final BlockingQueue<Asked> withdrawn = new LinkedBlockingQueue<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    final Queue<String> endedAgents = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private volatile @Nullable Refusal refusal;
    private volatile @Nullable ContextUse near;
    private volatile boolean holding;
    volatile int rank = -1;
    volatile Urgency urgency = Urgency.FIRST;

    /** A step that asked. */
    record Asked(Arrival arrival, Caller caller, Executor loop) {}

    /** A permit that was ended. */
    record Ended(Ending ending, Usage usage, boolean sawFirstToken) {}

    FakeGate holding() {
        holding = true;
        return this;
    }

    FakeGate refusing(Ending ending, long retryAfterNanos) {
        refusal = new Refusal(ending, retryAfterNanos);
        return this;
    }

    FakeGate near(long tokens, long limitTokens) {
        near = new ContextUse(tokens, limitTokens, "limits.agentTokens");
        return this;
    }

    Asked nextAsked() throws InterruptedException {
        return await(asked);
    }

    Ended nextEnded() throws InterruptedException {
        return await(ended);
    }

    Asked nextWithdrawn() throws InterruptedException {
        return await(withdrawn);
    }

    void grant(Asked step) {
        open.incrementAndGet();
        step.loop.execute(() -> step.caller.forward(new CountedPermit()));
    }

    void assertAtRest() {
        assertThat(faults).isEmpty();
        assertThat(open).hasValue(0);
    }

    @Override
    public Claim ask(Arrival arrival, Fingerprint print, Caller caller, Executor callerLoop) {
        Asked step = new Asked(arrival, caller, callerLoop);
        Refusal no = refusal;
        asked.add(step);
        if (no != null) {
            callerLoop.execute(() -> caller.refused(no));
        } else if (!holding) {
            grant(step);
        }
        return new Claim() {
            @Override
            public void withdraw() {
                withdrawn.add(step);
            }

            @Override
            public void look() {
                tell(step, LATER);
            }
        };
    }

    /** Tells a step that it waits there. */
    void tell(Asked step, Place place) {
        step.loop.execute(() -> step.caller.held(place));
    }

    void refuse(Asked step, Refusal no) {
        step.loop.execute(() -> step.caller.refused(no));
    }

    @Override
    public void onSignal(EngineSignal signal) {}

    @Override
    public CompletableFuture<AgentEnd> endAgent(String agentId) {
        endedAgents.add(agentId);
        return CompletableFuture.completedFuture(AgentEnd.NOW);
    }

    @Override
    public void drain() {}

    @Override
    public CompletableFuture<Snapshot> snapshot() {
        return new CompletableFuture<>();
    }

    private static <T> T await(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("within 20 s").isNotNull();
        return Objects.requireNonNull(next);
    }

    private final class CountedPermit implements Permit {

        private boolean over;
        private boolean sawFirstToken;

        @Override
        public long waitedNanos() {
            return WAITED_NANOS;
        }

        @Override
        public int rank() {
            return rank;
        }

        @Override
        public Urgency urgency() {
            return urgency;
        }

        @Override
        public @Nullable ContextUse context() {
            return near;
        }

        @Override
        public synchronized void onFirstToken() {
            if (sawFirstToken || over) {
                faults.add("onFirstToken twice or after the end");
            }
            sawFirstToken = true;
        }

        @Override
        public synchronized void end(Ending ending, Usage usage) {
            if (over) {
                faults.add("ended twice: " + ending);
                return;
            }
            over = true;
            open.decrementAndGet();
            ended.add(new Ended(ending, usage, sawFirstToken));
        }
    }
}
