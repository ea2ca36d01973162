package dev.sluice.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connects to one upstream. Where that is a name with several addresses, they are tried in turn until one takes the
 * connection: first the one that took the last, then as the name service has them in order. Of the time for a connect each
 * has an equal share of what the others have left, so that it bounds all of them together. Looking up a name may take as
 * long again. Confined to its event loop.
 */
public final class Connector {

    private final Bootstrap bootstrap;
    private final HostNames names;
    private final EventLoop loop;
    private final Duration timeout;
    private @Nullable InetAddress lastTaken;

    /** @param bootstrap made by {@link Transport#connector} of one event loop, with its handler */
    public Connector(Bootstrap bootstrap) {
        this(bootstrap, HostNames.SYSTEM);
    }

    Connector(Bootstrap bootstrap, HostNames names) {
        this.bootstrap = bootstrap;
        this.names = names;
        loop = (EventLoop) bootstrap.config().group();
        timeout = Duration.ofMillis(
                (Integer) bootstrap.config().options().getOrDefault(ChannelOption.CONNECT_TIMEOUT_MILLIS, 30_000));
    }

    /**
     * A new connection, the caller's to close; if there is none, the cause is the last address's.
     *
     * <p>It is begun when the event loop has served what it found ready. The caller may have closed another just now: the new one is
     * given its descriptor, and an event that was found with the old one would be taken for the new one's, which fails by it.
     */
    public Future<Channel> connect() {
        Promise<Channel> connected = loop.newPromise();
        loop.execute(() -> {
            try {
                begin(connected);
            } catch (Throwable e) {
                connected.tryFailure(e);
            }
        });
        return connected;
    }

    private void begin(Promise<Channel> connected) {
        if (bootstrap.config().remoteAddress() instanceof InetSocketAddress named && named.isUnresolved()) {
            names.lookUp(named.getHostString(), loop, timeout).addListener((Future<List<InetAddress>> found) -> {
                if (found.isSuccess()) {
                    long deadlineNanos = loop.ticker().nanoTime() + timeout.toNanos();
                    tryNext(inOrder(found.getNow()), named.getPort(), deadlineNanos, connected);
                } else {
                    connected.setFailure(found.cause());
                }
            });
        } else {
            bootstrap.connect().addListener((ChannelFuture done) -> {
                if (done.isSuccess()) {
                    connected.setSuccess(done.channel());
                } else {
                    connected.setFailure(done.cause());
                }
            });
        }
    }

    private List<InetAddress> inOrder(List<InetAddress> addresses) {
        List<InetAddress> ordered = new ArrayList<>(addresses);
        if (lastTaken != null && ordered.remove(lastTaken)) {
            ordered.add(0, lastTaken);
        }
        return ordered;
    }

    private void tryNext(List<InetAddress> left, int port, long deadlineNanos, Promise<Channel> connected) {
        InetAddress address = left.get(0);
        List<InetAddress> others = left.subList(1, left.size());
        long leftMillis = Math.max(1, (deadlineNanos - loop.ticker().nanoTime()) / 1_000_000);
        Bootstrap trying = bootstrap.clone().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                Math.max(1, leftMillis / left.size()));
        trying.connect(new InetSocketAddress(address, port)).addListener((ChannelFuture done) -> {
            if (done.isSuccess()) {
                lastTaken = address;
                connected.setSuccess(done.channel());
            } else if (others.isEmpty()) {
                connected.setFailure(done.cause());
            } else {
                tryNext(others, port, deadlineNanos, connected);
            }
        });
    }
}
