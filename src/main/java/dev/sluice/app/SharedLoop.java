package dev.sluice.app;

import dev.sluice.gate.GuardedTask;
import dev.sluice.gate.Loop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The gate's loop where the proxy has but one event loop: that one, so that a step asks and is answered without a change of
 * threads. Whoever made the event loop shuts it down. Thread-safe.
 *
 * <p>What is given by {@link #execute} runs when the event loop has served every connection that has something to read. Of
 * steps that come together each would wait for the last, and all would be forwarded together; their answers then come
 * together, too, and queue behind each other with each event. So what may be is done by {@link #executeAtOnce}, within the
 * turn of the connection that it comes from.
 */
final class SharedLoop implements Loop {

    private final EventLoop loop;
    private final AtomicInteger queued = new AtomicInteger();
    /** Confined to the event loop. */
    private boolean isRunning;

    SharedLoop(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public long nowNanos() {
        return System.nanoTime();
    }

    @Override
    public void execute(Runnable task) {
        queued.incrementAndGet();
        try {
            loop.execute(() -> {
                queued.decrementAndGet();
                run(task);
            });
        } catch (RejectedExecutionException e) {
            queued.decrementAndGet();
            throw e;
        }
    }

    @Override
    public void executeAtOnce(Runnable task) {
        if (loop.inEventLoop() && !isRunning && queued.get() == 0) {
            run(task);
        } else {
            execute(task);
        }
    }

    @Override
    public void repeat(Duration period, Runnable task) {
        // The future is not needed: the guard keeps a throwing task from ending its repetition.
        var unused =
                loop.scheduleWithFixedDelay(() -> run(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void run(Runnable task) {
        isRunning = true;
        try {
            new GuardedTask(task).run();
        } finally {
            isRunning = false;
        }
    }
}
