package dev.sluice.simulate;

import dev.sluice.gate.Loop;
import java.time.Duration;
import java.util.PriorityQueue;

/**
 * A loop whose clock jumps from event to event. Events of the same moment run in the order in which they were given, so
 * equal inputs give equal runs. Not thread-safe: a simulation is one thread.
 */
public final class VirtualTime implements Loop {

    private record Event(long atNanos, long order, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atNanos != other.atNanos ? Long.compare(atNanos, other.atNanos) : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowNanos;
    private long order;

    @Override
    public long nowNanos() {
        return nowNanos;
    }

    @Override
    public void execute(Runnable task) {
        after(0, task);
    }

    /** Runs a task so many nanoseconds from now. */
    public void after(long delayNanos, Runnable task) {
        events.add(new Event(nowNanos + Math.max(0, delayNanos), order++, task));
    }

    @Override
    public void repeat(Duration period, Runnable task) {
        after(period.toNanos(), () -> {
            task.run();
            repeat(period, task);
        });
    }

    /**
     * Runs the next event.
     *
     * @return false if there is none before or at the limit; the clock then stays
     */
    public boolean runNext(long limitNanos) {
        Event next = events.peek();
        if (next == null || next.atNanos > limitNanos) {
            return false;
        }
        events.remove();
        nowNanos = next.atNanos;
        next.task.run();
        return true;
    }
}
