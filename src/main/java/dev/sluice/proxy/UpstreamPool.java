package dev.sluice.proxy;

import dev.sluice.config.UpstreamAddress;
import dev.sluice.config.UpstreamConfig;
import dev.sluice.net.Connector;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The connections of one event loop to the engine. The one used last is used first, so that the others grow idle and are
 * evicted before the engine closes them without a word. An engine that closed one sooner is believed for a while: connections
 * then rest for half as long as that one did. Bounded in idle connections; those in use are bounded by the clients. Confined to
 * its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is seen
final class UpstreamPool {

    /** What may wait for a slow engine before its client is no longer read. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 << 10, 64 << 10);

    /** Bounds one read, by which what waits for a client that does not read may go beyond its bound. */
    private static final int MOST_READ_BYTES = 32 << 10;

    private static final int FIRST_READ_BYTES = 2 << 10;

    private static final int LEAST_READ_BYTES = 64;

    /** A connection just given back is worth a try whatever the engine did. */
    private static final long SHORTEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** An engine that restarts closes connections, too, which tells nothing of its habits. */
    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final EventLoop loop;
    private final ProxySetup setup;
    private final UpstreamConfig config;
    private final LongSupplier nanoClock;
    private final CircuitBreaker breaker;
    private final Connector connector;
    private final ArrayDeque<Idle> idle = new ArrayDeque<>();
    private final EpollTcpInfo tcpInfo = new EpollTcpInfo();
    private long learnedRestNanos;
    private long learnedAtNanos;
    private boolean evictionScheduled;
    private boolean closed;

    UpstreamPool(EventLoop loop, ProxySetup setup) {
        this.loop = loop;
        this.setup = setup;
        this.config = setup.config().upstream();
        this.nanoClock = setup.parts().nanoClock();
        this.breaker = setup.links().breaker();
        this.connector = new Connector(setup.parts()
                .transport()
                .connector(loop, setup.upstream(), config.connectTimeout())
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(LEAST_READ_BYTES, FIRST_READ_BYTES, MOST_READ_BYTES))
                .handler(new Initializer()));
    }

    /** Who asked for a connection. Exactly one of the two follows, possibly within the call. */
    interface Borrower {

        /** The connection is the borrower's until it closes it or its answer is whole. */
        void onConnection(UpstreamConnection connection);

        void onConnectFailed(Throwable cause);
    }

    /** A connection used before, if one is idle; otherwise a new one. */
    void borrow(Borrower borrower) {
        long nowNanos = nanoClock.getAsLong();
        for (Idle next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            if (nowNanos - next.sinceNanos < restNanos(nowNanos) && !next.connection.isClosedByPeer(tcpInfo)) {
                borrower.onConnection(next.connection);
                return;
            }
            next.connection.close();
        }
        connect(borrower);
    }

    /** A new connection. */
    void connect(Borrower borrower) {
        if (!breaker.mayConnect()) {
            borrower.onConnectFailed(new CircuitBreaker.OpenException());
            return;
        }
        long begunNanos = nanoClock.getAsLong();
        connector.connect().addListener((Future<Channel> opened) -> {
            if (opened.isSuccess()) {
                onConnected(opened.getNow(), borrower);
            } else {
                onConnectFailed(opened.cause(), begunNanos, borrower);
            }
        });
    }

    private void onConnected(Channel channel, Borrower borrower) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        try {
            breaker.onConnected();
        } finally {
            if (tls == null) {
                borrower.onConnection(channel.pipeline().get(UpstreamConnection.class));
            } else {
                tls.handshakeFuture().addListener(shaken -> {
                    if (shaken.isSuccess()) {
                        borrower.onConnection(channel.pipeline().get(UpstreamConnection.class));
                    } else {
                        borrower.onConnectFailed(shaken.cause());
                    }
                });
            }
        }
    }

    private void onConnectFailed(Throwable cause, long begunNanos, Borrower borrower) {
        try {
            breaker.onFailed(begunNanos, cause);
        } finally {
            borrower.onConnectFailed(cause);
        }
    }

    /** Takes back a connection at rest. */
    void giveBack(UpstreamConnection connection) {
        if (closed || idle.size() >= config.maxIdleConnections()) {
            connection.close();
            return;
        }
        idle.addFirst(new Idle(connection, nanoClock.getAsLong()));
        connection.rest();
        scheduleEviction(restNanos(nanoClock.getAsLong()));
    }

    /** The connection has closed. If it was at rest, the engine closed it. */
    void remove(UpstreamConnection connection) {
        for (Iterator<Idle> all = idle.iterator(); all.hasNext(); ) {
            Idle entry = all.next();
            if (entry.connection == connection) {
                all.remove();
                onClosedByEngine(nanoClock.getAsLong(), entry.sinceNanos);
                return;
            }
        }
    }

    private void onClosedByEngine(long nowNanos, long sinceNanos) {
        long safeNanos = Math.max(SHORTEST_REST_NANOS, (nowNanos - sinceNanos) / 2);
        if (safeNanos < restNanos(nowNanos)) {
            learnedRestNanos = safeNanos;
            learnedAtNanos = nowNanos;
        }
    }

    /** How long a connection may have rested and still be used. */
    private long restNanos(long nowNanos) {
        boolean isLearned = learnedRestNanos > 0 && nowNanos - learnedAtNanos < REMEMBERED_NANOS;
        return isLearned ? learnedRestNanos : config.idleEviction().toNanos();
    }

    /** Closes the idle ones, and from now on each that comes back. */
    void close() {
        closed = true;
        for (Idle next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            next.connection.close();
        }
    }

    int idleConnections() {
        return idle.size();
    }

    private void scheduleEviction(long delayNanos) {
        if (!evictionScheduled) {
            evictionScheduled = true;
            loop.schedule(this::evict, delayNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void evict() {
        evictionScheduled = false;
        long nowNanos = nanoClock.getAsLong();
        long boundNanos = restNanos(nowNanos);
        for (Idle oldest = idle.peekLast(); oldest != null; oldest = idle.peekLast()) {
            long leftNanos = boundNanos - (nowNanos - oldest.sinceNanos);
            if (leftNanos > 0) {
                scheduleEviction(leftNanos);
                return;
            }
            idle.removeLast();
            oldest.connection.close();
        }
    }

    private record Idle(UpstreamConnection connection, long sinceNanos) {}

    private final class Initializer extends ChannelInitializer<Channel> {

        @Override
        protected void initChannel(Channel channel) {
            ChannelPipeline pipeline = channel.pipeline();
            UpstreamAddress upstream = setup.upstream();
            if (upstream.isTls()) {
                SslContext tls = setup.links().credentials().engine().context();
                pipeline.addLast(tls.newHandler(channel.alloc(), upstream.host(), upstream.port()));
            }
            pipeline.addLast(new UpstreamConnection(UpstreamPool.this, channel));
        }
    }
}
