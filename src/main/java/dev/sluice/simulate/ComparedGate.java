package dev.sluice.simulate;

import dev.sluice.admission.Arrival;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Snapshot;
import dev.sluice.admission.Usage;
import dev.sluice.agent.Fingerprint;
import dev.sluice.gate.Gate;
import dev.sluice.gate.Permit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** What the gates of others, written for comparison only, have in common. Not thread-safe. */
abstract class ComparedGate implements Gate {

    private final VirtualTime time;
    private final Set<Asker> waiting = new HashSet<>();
    private int running;

    ComparedGate(VirtualTime time) {
        this.time = time;
    }

    /** One request. */
    static final class Asker {
        final Arrival arrival;
        final long arrivedNanos;
        private final Caller caller;
        long forwardedNanos;

        private Asker(Arrival arrival, Caller caller, long nowNanos) {
            this.arrival = arrival;
            this.caller = caller;
            this.arrivedNanos = nowNanos;
        }
    }

    final VirtualTime time() {
        return time;
    }

    abstract void arrive(Asker asker);

    /** Its client left before it went; may come although it has gone. */
    abstract void withdraw(Asker asker);

    abstract void ended(Asker asker, Ending ending, Usage usage);

    @Override
    public final Claim ask(Arrival arrival, Fingerprint print, Caller caller, Executor callerLoop) {
        Asker asker = new Asker(arrival, caller, time.nowNanos());
        time.execute(() -> {
            waiting.add(asker);
            arrive(asker);
        });
        return () -> {
            waiting.remove(asker);
            withdraw(asker);
        };
    }

    final void go(Asker asker) {
        asker.forwardedNanos = time.nowNanos();
        waiting.remove(asker);
        running++;
        time.execute(() -> asker.caller.forward(new Permit() {
            @Override
            public long waitedNanos() {
                return asker.forwardedNanos - asker.arrivedNanos;
            }

            @Override
            public void onFirstToken() {}

            @Override
            public void end(Ending ending, Usage usage) {
                running--;
                ended(asker, ending, usage);
            }
        }));
    }

    @Override
    public void drain() {}

    @Override
    public final CompletableFuture<Snapshot> snapshot() {
        return CompletableFuture.completedFuture(picture(time.nowNanos()));
    }

    /** Who runs and who waits; it counts no tokens and knows no agents beyond their requests. */
    final Snapshot picture(long nowNanos) {
        return new Snapshot(
                nowNanos,
                "compared",
                0,
                "unknown",
                Double.NaN,
                Double.NaN,
                -1,
                running,
                new Snapshot.Census(running, 0, waiting.size(), 0),
                new Snapshot.Queue(waiting.size(), 0, 0, Integer.MAX_VALUE),
                new Snapshot.Signals(true, 0, 0),
                Double.NaN,
                Double.NaN,
                new Snapshot.Loss(Double.NaN, 0, 0),
                new Snapshot.Crowd(List.of(), List.of()),
                List.of());
    }
}
