package dev.sluice.net;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks names up by the system's resolver, but away from the event loop that asks: the system's call blocks, and a slow name
 * server must not stop the streams of other clients. All who ask for a name while it is looked up share that one look-up, so
 * that a crowd costs no more than one client does, and none of it is turned away. The JDK remembers answers for some seconds.
 *
 * <p>One thread for each name under way; names come from the configuration alone, which bounds them. Thread-safe.
 */
final class HostNames {

    /** Those of the system, for the whole process. */
    static final HostNames SYSTEM = new HostNames(InetAddress::getAllByName);

    private final Source source;
    private final Map<String, CompletableFuture<List<InetAddress>>> underWay = new ConcurrentHashMap<>();
    private final Executor threads =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), lookups -> {
                // None of Netty's: it may block.
                Thread thread = new Thread(lookups, "sluice-lookup");
                thread.setDaemon(true);
                return thread;
            });

    /** @param source may block */
    HostNames(Source source) {
        this.source = source;
    }

    /** Who knows the addresses. */
    interface Source {
        /** One or more, the best first. */
        InetAddress[] lookUp(String name) throws UnknownHostException;
    }

    /**
     * All addresses of {@code name}, the best first.
     *
     * @param loop runs the listeners
     * @param timeout after which this asker is told that there is none; the look-up goes on for the others
     * @return fails with {@link UnknownHostException}
     */
    Future<List<InetAddress>> lookUp(String name, EventExecutor loop, Duration timeout) {
        Promise<List<InetAddress>> answer = loop.newPromise();
        var unused = underWay.computeIfAbsent(name, this::begin).whenComplete((found, failure) -> {
            if (failure == null) {
                answer.trySuccess(found);
            } else {
                answer.tryFailure(failure);
            }
        });
        if (!answer.isDone()) {
            var alarm = loop.schedule(
                    () -> answer.tryFailure(new UnknownHostException(name + ": no answer within " + timeout)),
                    timeout.toNanos(),
                    TimeUnit.NANOSECONDS);
            answer.addListener(done -> alarm.cancel(false));
        }
        return answer;
    }

    private CompletableFuture<List<InetAddress>> begin(String name) {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                List<InetAddress> found = List.of(source.lookUp(name));
                underWay.remove(name);
                answer.complete(found);
            } catch (Throwable e) { // whatever it is: who asks next must find a look-up that ends
                underWay.remove(name);
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }
}
