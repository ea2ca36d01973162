package dev.sluice.app;

import dev.sluice.gate.Loop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate's loop where the proxy has but one event loop: that one, so that a step asks and is answered without a change of
 * threads. Whoever made the event loop shuts it down. Thread-safe.
 */
final class SharedLoop implements Loop {

    private static final Logger LOG = LoggerFactory.getLogger(SharedLoop.class);

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
        loop.execute(() -> guard(task));
    }

    @Override
    public void repeat(Duration period, Runnable task) {
        // The future is not needed: the guard keeps a throwing task from ending its repetition.
        var unused = loop.scheduleWithFixedDelay(
                () -> guard(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A task of the gate failed; the gate goes on", e);
        }
    }
}
