package dev.sluice.gate;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loop in production: one daemon thread on the system's monotonic clock. Thread-safe. */
public final class ThreadLoop implements Loop, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ThreadLoop.class);

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
        thread.execute(() -> guard(task));
    }

    @Override
    public void repeat(Duration period, Runnable task) {
        // The future is not needed: the guard keeps a throwing task from ending its repetition.
        var unused = thread.scheduleWithFixedDelay(
                () -> guard(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The thread's outer edge: a bug in one task must not end the loop. */
    private static void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A task of the gate failed; the gate goes on", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
