package dev.sluice.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outer edge of what is done for a client outside of its own pipeline: by timers, by the gate, by connections to the engine.
 * A fault there closes the client, which ends its exchange, since nobody else would: the client would wait for ever and the
 * engine work for nobody. Thread-safe; what it runs, it runs on the client's event loop.
 */
final class ClientEdge implements Executor {

    private static final Logger log = LoggerFactory.getLogger(ClientEdge.class);

    private final EventLoop loop;
    private final Runnable close;

    /** @param close closes the client; on its event loop */
    ClientEdge(EventLoop loop, Runnable close) {
        this.loop = loop;
        this.close = close;
    }

    /** Within the call, if that is made on the client's event loop. */
    @Override
    public void execute(Runnable task) {
        if (loop.inEventLoop()) {
            guard(task);
        } else {
            loop.execute(() -> guard(task));
        }
    }

    /** Runs that after so many nanoseconds, unless it is cancelled. */
    Future<?> schedule(Runnable task, long delayNanos) {
        return loop.schedule(() -> guard(task), delayNanos, TimeUnit.NANOSECONDS);
    }

    /** Runs that now, on the event loop; whatever it throws, errors among it, goes no further. */
    void guard(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            log.error("A client is closed because of a fault in Sluice.", e);
            close.run();
        }
    }
}
