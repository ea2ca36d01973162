package dev.sluice.gate;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The loop in production: one daemon thread on the system's monotonic clock. Thread-safe. */
public final class ThreadLoop implements Loop, AutoCloseable {

    private final ScheduledExecutorService thread;

    public ThreadLoop(String name) {
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
    }

    @Override
    public long nowNanos() {
        return System.nanoTime();
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(new GuardedTask(task));
    }

    @Override
    public void repeat(Duration period, Runnable task) {
        // The future is not needed: the guard keeps a throwing task from ending its repetition.
        var unused = thread.scheduleWithFixedDelay(
                new GuardedTask(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
