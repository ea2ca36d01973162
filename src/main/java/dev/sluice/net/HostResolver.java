package dev.sluice.net;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Resolves names by the system's resolver, but away from the event loop that asks: the system's call blocks, and a slow
 * name server must not stop the streams of other clients. Bounded: two look-ups at once for the whole process, 64 more
 * may wait, and each is given up after a time-out. The JDK remembers answers. Thread-safe.
 */
final class HostResolver extends AddressResolverGroup<InetSocketAddress> {

    private static final Executor LOOKUPS = lookups();

    private final Duration timeout;

    HostResolver(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Lookup(executor, timeout).asAddressResolver();
    }

    private static Executor lookups() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                2, 2, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(64), HostResolver::lookupThread);
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** None of Netty's: it may block. */
    private static Thread lookupThread(Runnable lookups) {
        Thread thread = new Thread(lookups, "sluice-lookup");
        thread.setDaemon(true);
        return thread;
    }

    private static final class Lookup extends InetNameResolver {

        private final EventExecutor executor;
        private final Duration timeout;

        Lookup(EventExecutor executor, Duration timeout) {
            super(executor);
            this.executor = executor;
            this.timeout = timeout;
        }

        @Override
        protected void doResolve(String name, Promise<InetAddress> answer) {
            FutureListener<List<InetAddress>> first = all -> {
                if (all.isSuccess()) {
                    answer.trySuccess(all.getNow().get(0));
                } else {
                    answer.tryFailure(all.cause());
                }
            };
            doResolveAll(name, executor.<List<InetAddress>>newPromise().addListener(first));
        }

        @Override
        protected void doResolveAll(String name, Promise<List<InetAddress>> answer) {
            try {
                LOOKUPS.execute(() -> lookUp(name, answer));
            } catch (RejectedExecutionException full) {
                answer.tryFailure(new UnknownHostException(name + ": too many look-ups are waiting"));
                return;
            }
            var alarm = executor.schedule(
                    () -> answer.tryFailure(new UnknownHostException(name + ": no answer within " + timeout)),
                    timeout.toNanos(),
                    TimeUnit.NANOSECONDS);
            answer.addListener(done -> alarm.cancel(false));
        }

        private static void lookUp(String name, Promise<List<InetAddress>> answer) {
            try {
                answer.trySuccess(List.of(InetAddress.getAllByName(name)));
            } catch (UnknownHostException e) {
                answer.tryFailure(e);
            }
        }
    }
}
