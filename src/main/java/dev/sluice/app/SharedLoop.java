package dev.sluice.app;

import dev.sluice.gate.GuardedTask;
import dev.sluice.gate.Loop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The gate's loop where the proxy has but one event loop: that one, so that a step asks and is answered without a change of
 * threads. Whoever made the event loop shuts it down. Thread-safe.
 */
final class SharedLoop implements Loop {

    private final EventLoop loop;

    SharedLoop(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public long nowNanos() {
        return System.nanoTime();
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(new GuardedTask(task));
    }

    @Override
    public void repeat(Duration period, Runnable task) {
        // The future is not needed: the guard keeps a throwing task from ending its repetition.
        var unused = loop.scheduleWithFixedDelay(
                new GuardedTask(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }
}
