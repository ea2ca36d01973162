package dev.sluice.simulate;

import dev.sluice.admission.Ending;
import dev.sluice.admission.Usage;
import dev.sluice.control.EngineSignal;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * For comparison: a limit on requests in the engine, first come first served, as a proxy without any notion of agents has
 * it. Endless queue, no refusals. Not thread-safe.
 */
final class RequestLimitGate extends ComparedGate {

    /** How many requests may be in the engine. */
    interface Limit {

        /** At least 1. */
        int requests();

        default void onSignal(EngineSignal signal) {}

        /** A request is over. */
        default void onEnd(long startedNanos, long tookNanos, int inFlight, boolean whole) {}
    }

    private final Limit limit;
    private final Deque<Asker> waiting = new ArrayDeque<>();
    private int running;

    RequestLimitGate(VirtualTime time, Limit limit) {
        super(time);
        this.limit = limit;
    }

    @Override
    void arrive(Asker asker) {
        waiting.add(asker);
        release();
    }

    @Override
    void withdraw(Asker asker) {
        waiting.remove(asker);
    }

    @Override
    public void onSignal(EngineSignal signal) {
        limit.onSignal(signal);
        release();
    }

    private void release() {
        while (running < limit.requests() && !waiting.isEmpty()) {
            running++;
            go(waiting.remove());
        }
    }

    @Override
    void ended(Asker asker, Ending ending, Usage usage) {
        long nowNanos = time().nowNanos();
        limit.onEnd(asker.forwardedNanos, nowNanos - asker.forwardedNanos, running, ending == Ending.COMPLETED);
        running--;
        release();
    }
}
