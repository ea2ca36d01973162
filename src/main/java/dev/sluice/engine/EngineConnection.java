package dev.sluice.engine;

import dev.sluice.config.SignalsConfig;
import dev.sluice.config.UpstreamAddress;
import dev.sluice.net.Connector;
import dev.sluice.net.Transport;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one kept connection over which the engine's pages are read, one after the other. It is made when a page is asked
 * for. Engines close it after 5 s without traffic and say nothing: a kept connection that turns out dead is replaced
 * once, within the same reading. Confined to its event loop.
 */
final class EngineConnection {

    private static final Logger LOG = LoggerFactory.getLogger(EngineConnection.class);

    private static final byte[] NOTHING = {};

    private final EventLoop loop;
    private final UpstreamAddress upstream;
    private final SignalsConfig config;
    private final EngineAccess access;
    private final Connector connector;

    private @Nullable Channel channel;
    private @Nullable Exchange exchange;
    private int hangUps;

    /** How a reading ended. Called on the event loop, exactly once, unless the connection is closed before. */
    interface Reader {

        /** The body of a 200. */
        void onPage(byte[] page);

        void onFailure(SilenceCause cause);
    }

    /** A reading under way. */
    private static final class Exchange {
        /** Empty if nothing is asked. */
        private final String path;

        private final Duration bound;
        private final Reader reader;
        private @Nullable ScheduledFuture<?> alarm;
        private boolean sent;
        private boolean mayReconnect;

        Exchange(String path, Duration bound, Reader reader) {
            this.path = path;
            this.bound = bound;
            this.reader = reader;
        }
    }

    EngineConnection(EventLoop loop, UpstreamAddress upstream, SignalsConfig config, EngineAccess access) {
        this.access = access;
        this.loop = loop;
        this.upstream = upstream;
        this.config = config;
        this.connector = new Connector(
                Transport.best().connector(loop, upstream, config.timeout()).handler(new Pipeline()));
    }

    /** How often the engine closed a kept connection: perhaps it is no longer the same. */
    int hangUps() {
        return hangUps;
    }

    /**
     * Reads the page at {@code path} below the upstream's prefix. Not while another reading is under way.
     *
     * @param bound on the answer, at most that on a reading; a connection may take as long as a reading
     */
    void get(String path, Duration bound, Reader reader) {
        if (!loop.inEventLoop() || exchange != null) {
            throw new IllegalStateException("path: " + path + " (expected: on the event loop, one reading at a time)");
        }
        Exchange started = new Exchange(path, bound, reader);
        exchange = started;
        arm(started, config.timeout());
        Channel kept = channel;
        if (kept != null) {
            started.mayReconnect = true;
            send(kept, started);
        } else {
            connect(started);
        }
    }

    /** Whether somebody is there: makes the connection if there is none, and asks nothing. The page is an empty one. */
    void reach(Reader reader) {
        get("", config.timeout(), reader);
    }

    /** Gives up the reading under way, without a word to its reader, and the connection. */
    void close() {
        Exchange current = exchange;
        if (current != null) {
            end(current);
        }
        drop();
    }

    private void connect(Exchange current) {
        current.sent = false;
        connector.connect().addListener((Future<Channel> done) -> {
            if (exchange != current) {
                // Given up meanwhile.
                if (done.isSuccess()) {
                    forget(done.getNow());
                }
            } else if (done.isSuccess()) {
                onConnected(done.getNow(), current);
            } else {
                fail(current, SilenceCause.CONNECT_FAILED);
            }
        });
    }

    private void onConnected(Channel connected, Exchange current) {
        channel = connected;
        SslHandler tls = connected.pipeline().get(SslHandler.class);
        if (tls == null) {
            send(connected, current);
            return;
        }
        tls.handshakeFuture().addListener(agreed -> {
            if (agreed.isSuccess()) {
                send(connected, current);
            } else {
                onBroken(connected, SilenceCause.CONNECT_FAILED);
            }
        });
    }

    private void send(Channel to, Exchange current) {
        if (exchange != current || channel != to) {
            return; // given up meanwhile
        }
        if (current.path.isEmpty()) {
            end(current);
            deliver(current, NOTHING);
            return;
        }
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, upstream.pathPrefix() + current.path);
        request.headers()
                .set(HttpHeaderNames.HOST, upstream.authority())
                .set(HttpHeaderNames.ACCEPT, "text/plain, */*;q=0.1")
                .set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.IDENTITY);
        access.key().accept(request.headers());
        current.sent = true;
        if (current.bound.compareTo(config.timeout()) < 0) {
            arm(current, current.bound);
        }
        to.writeAndFlush(request).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    private void arm(Exchange current, Duration bound) {
        if (current.alarm != null) {
            current.alarm.cancel(false);
        }
        current.alarm = loop.schedule(() -> onTimeout(current), bound.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void onAnswer(Channel from, FullHttpResponse response) {
        Exchange current = exchange;
        boolean expected = channel == from && current != null && current.sent;
        boolean wellFormed = !response.decoderResult().isFailure();
        if (!expected || !wellFormed || !HttpUtil.isKeepAlive(response)) {
            forget(from);
        }
        if (!expected || current == null) {
            return;
        }
        end(current);
        String encoding = response.headers().get(HttpHeaderNames.CONTENT_ENCODING, "identity");
        if (!wellFormed) {
            current.reader.onFailure(SilenceCause.UNREADABLE);
        } else if (!response.status().equals(HttpResponseStatus.OK)) {
            current.reader.onFailure(SilenceCause.BAD_STATUS);
        } else if (!HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(encoding)) {
            current.reader.onFailure(SilenceCause.UNREADABLE);
        } else {
            deliver(current, ByteBufUtil.getBytes(response.content()));
        }
    }

    /** A page at which its reader fails is one that cannot be read: whoever waits for it goes on. */
    private void deliver(Exchange answered, byte[] page) {
        try {
            answered.reader.onPage(page);
        } catch (Throwable e) {
            LOG.error("Reading a page of the engine failed: a bug of ours path={}", answered.path, e);
            if (exchange == null) { // otherwise its reader already reads on
                answered.reader.onFailure(SilenceCause.UNREADABLE);
            }
        }
    }

    private void onBroken(Channel broken, SilenceCause cause) {
        Exchange current = exchange;
        boolean ours = channel == broken;
        forget(broken);
        if (ours && (current == null || current.mayReconnect)) {
            hangUps++;
        }
        if (!ours || current == null) {
            return;
        }
        if (cause == SilenceCause.BROKEN_OFF && current.mayReconnect) {
            current.mayReconnect = false;
            connect(current);
        } else {
            fail(current, current.sent ? cause : SilenceCause.CONNECT_FAILED);
        }
    }

    private void onTimeout(Exchange late) {
        if (exchange == late) {
            drop();
            fail(late, late.sent ? SilenceCause.TIMED_OUT : SilenceCause.CONNECT_FAILED);
        }
    }

    private void fail(Exchange current, SilenceCause cause) {
        end(current);
        current.reader.onFailure(cause);
    }

    private void end(Exchange current) {
        exchange = null;
        if (current.alarm != null) {
            current.alarm.cancel(false);
        }
    }

    private void drop() {
        Channel kept = channel;
        if (kept != null) {
            forget(kept);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the end of a channel that is forgotten
    private void forget(Channel gone) {
        if (channel == gone) {
            channel = null;
        }
        gone.close();
    }

    private final class Pipeline extends ChannelInitializer<Channel> {

        @Override
        protected void initChannel(Channel connecting) {
            if (upstream.isTls()) {
                SslContext tls = access.tls().get();
                connecting.pipeline().addLast(tls.newHandler(connecting.alloc(), upstream.host(), upstream.port()));
            }
            connecting
                    .pipeline()
                    .addLast(new HttpClientCodec())
                    .addLast(new HttpObjectAggregator((int) Math.min(config.maxBytes(), Integer.MAX_VALUE)))
                    .addLast(new Answers());
        }
    }

    private final class Answers extends SimpleChannelInboundHandler<FullHttpResponse> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
            onAnswer(ctx.channel(), response);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            onBroken(ctx.channel(), SilenceCause.BROKEN_OFF);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            onBroken(
                    ctx.channel(),
                    cause instanceof TooLongFrameException ? SilenceCause.TOO_LARGE : SilenceCause.BROKEN_OFF);
        }
    }
}
