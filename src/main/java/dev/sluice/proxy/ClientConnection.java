package dev.sluice.proxy;

import dev.sluice.api.ErrorCode;
import dev.sluice.api.Route;
import dev.sluice.config.LimitsConfig;
import dev.sluice.net.PeerCertificate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: its requests in order, one {@link Exchange} at a time.
 *
 * <p>A read is outstanding whatever the exchange does, so that a client which leaves is seen at once, also while its step is
 * held or the engine is silent. What is read before it is wanted (the next requests of a pipelining client, a body that the
 * engine does not take yet) waits here, up to a bound; beyond it reading stops. A client that closes only its sending side
 * is taken to have left, as engines take it.
 *
 * <p>Confined to its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is seen
final class ClientConnection extends ChannelInboundHandlerAdapter {

    /** Tells a connection to close as soon as it is at rest. */
    static final Object DRAIN = new Object();

    /** For probes, which have no key. */
    private static final String OPEN_PATH = "/health";

    private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);

    /** What may be read before it is wanted; one read may go beyond it. */
    private static final int MAX_AHEAD_BYTES = 64 << 10;

    /** What a message that waits is counted as, besides its bytes: small requests cost more than they are long. */
    private static final int MESSAGE_BYTES = 1 << 10;

    private final Supplier<ProxySetup> setups;
    private final UpstreamPool pool;
    private final Channel channel;
    private final ChannelHandlerContext way;
    private final ChannelPromise voidPromise;
    private final ClientEdge edge;
    private final ClientPatience patience;
    private final ArrayDeque<HttpObject> ahead = new ArrayDeque<>();
    private int aheadBytes;
    private ProxySetup setup;
    private @Nullable Exchange exchange;
    private boolean requestEnded = true;
    private boolean headBegun;
    private boolean isPumping;
    private boolean isDraining;
    private boolean isClosing;

    /**
     * @param setups what is in force now; asked whenever a request begins
     * @param way the decoder's place in the pipeline: from there what is written reaches the client past none but TLS
     * @param isDraining whether it ends with the answer to its first request
     */
    ClientConnection(Supplier<ProxySetup> setups, UpstreamPool pool, ChannelHandlerContext way, boolean isDraining) {
        this.setups = setups;
        this.isDraining = isDraining;
        this.setup = setups.get();
        this.pool = pool;
        this.way = way;
        this.voidPromise = way.voidPromise();
        this.channel = way.channel();
        this.edge = new ClientEdge(channel.eventLoop(), this::close);
        this.patience =
                new ClientPatience(edge, setup.config().limits(), setup.parts().nanoClock(), this::turn, this::giveUp);
    }

    ProxySetup setup() {
        return setup;
    }

    UpstreamPool pool() {
        return pool;
    }

    /** The name in the client's certificate; null if tenants are not told by that. */
    @Nullable
    String certified() {
        return setup.isCertified() ? PeerCertificate.commonName(channel) : null;
    }

    Channel channel() {
        return channel;
    }

    /** Through it goes what others do for this client. */
    ClientEdge edge() {
        return edge;
    }

    ByteBufAllocator allocator() {
        return channel.alloc();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    /** Whether another request may follow on this connection. */
    boolean mayKeepAlive() {
        return requestEnded && !isDraining;
    }

    /** Takes ownership of {@code bytes}. */
    void write(ByteBuf bytes) {
        way.write(bytes, voidPromise);
    }

    void flush() {
        way.flush();
    }

    /** The exchange has written its answer to the end. */
    void exchangeOver(boolean keepAlive) {
        exchange = null;
        patience.onMove();
        if (keepAlive && mayKeepAlive()) {
            way.flush();
            pump();
            readOn();
        } else {
            isClosing = true;
            releaseAhead();
            GentleClose.afterWrites(channel, requestEnded);
        }
    }

    /** The exchange ends in the midst of its answer: a reset, which no client can take for an end. */
    void breakOff() {
        exchange = null;
        isClosing = true;
        channel.flush();
        reset();
    }

    /** Gives the client up by a reset; its exchange is told that it has left. */
    void close() {
        reset();
    }

    /** Past TLS, whose last word would tell of a good end. */
    private void reset() {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first != null) {
            first.close();
        }
    }

    /** Whether the client has kept silent since its request, as it must before the protocol changes. */
    boolean mayTunnel() {
        return ahead.isEmpty() && requestEnded && decoder().isAtRest();
    }

    /** Leaves the channel to a tunnel, without decoder and without this handler. */
    void handOverTo(Tunnel tunnel) {
        exchange = null;
        patience.stop();
        channel.flush();
        channel.pipeline().addLast(tunnel).remove(this);
        channel.pipeline().remove(decoder());
    }

    /** Hands on what has been read and is wanted now. */
    void pump() {
        if (isPumping) {
            return;
        }
        isPumping = true;
        patience.onMove();
        try {
            while (!isClosing && !ahead.isEmpty() && mayDeliver(ahead.element())) {
                HttpObject part = ahead.remove();
                aheadBytes -= sizeOf(part);
                deliver(part);
            }
        } finally {
            isPumping = false;
        }
    }

    /** Keeps a read outstanding, unless too much has been read already. */
    void readOn() {
        if (!isClosing && aheadBytes < MAX_AHEAD_BYTES) {
            way.read();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        patience.start();
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (isClosing || !(message instanceof HttpObject part)) {
            ReferenceCountUtil.release(message);
            return;
        }
        ahead.add(part);
        aheadBytes += sizeOf(part);
        pump();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (exchange != null) {
            exchange.onReadComplete();
        } else if (!headBegun && !isClosing && !decoder().isAtRest()) {
            headBegun = true;
            patience.onMove();
        }
        readOn();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        patience.onMove();
        if (exchange != null && ctx.channel().isWritable()) {
            exchange.onClientWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == DRAIN) {
            isDraining = true;
            if (exchange == null && ahead.isEmpty()) {
                ctx.close();
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        isClosing = true;
        patience.stop();
        releaseAhead();
        Exchange left = exchange;
        exchange = null;
        if (left != null) {
            left.onClientGone();
        }
    }

    /** The outer edge: whatever went wrong, the channel closes, and its closing ends the exchange. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A handshake that fails comes wrapped, and may quote what the client sent.
        if (!(cause instanceof IOException || cause instanceof DecoderException)) {
            log.error("Client connection failed in Sluice itself.", cause);
        }
        ctx.close();
    }

    private ClientPatience.Turn turn() {
        if (isClosing) {
            return ClientPatience.Turn.NONE;
        }
        if (!channel.isWritable()) {
            return ClientPatience.Turn.READ;
        }
        if (exchange == null) {
            // A head that comes octet by octet is no move: it has to be whole in time.
            return headBegun ? ClientPatience.Turn.SEND : ClientPatience.Turn.ASK;
        }
        return !requestEnded && exchange.wantsBody() ? ClientPatience.Turn.SEND : ClientPatience.Turn.NONE;
    }

    private void giveUp(ClientPatience.Turn passed) {
        setup.parts().observer().onClientTimeout(passed.label());
        if (passed == ClientPatience.Turn.ASK) {
            channel.close();
        } else {
            close();
        }
    }

    private boolean mayDeliver(HttpObject next) {
        if (next instanceof HttpRequest) {
            return exchange == null;
        }
        return exchange == null || exchange.wantsBody();
    }

    private void deliver(HttpObject part) {
        if (part instanceof HttpRequest head) {
            begin(head);
        } else {
            HttpContent content = (HttpContent) part;
            requestEnded |= content instanceof LastHttpContent;
            deliverContent(content);
        }
    }

    private void begin(HttpRequest head) {
        requestEnded = false;
        headBegun = false;
        setup = setups.get();
        if (head.decoderResult().cause() instanceof MalformedException malformed) {
            refuse(head, null, malformed.reply());
            return;
        }
        String path = RequestTarget.of(head).path();
        Route route = Route.of(head.method().name(), path);
        if (!path.equals(OPEN_PATH) && !setup.steps().admits(head.headers())) {
            refuse(head, route, ErrorReply.of(ErrorCode.UNAUTHORIZED, "a tenant's API key is needed"));
            return;
        }
        String shed = path.equals(OPEN_PATH) ? "" : shed(route != null);
        if (!shed.isEmpty()) {
            setup.parts().observer().onShed(shed);
            refuse(head, route, ErrorReply.memoryShort());
            return;
        }
        if (route == null && ReleaseExchange.isOne(head, path)) {
            ReleaseExchange release = new ReleaseExchange(this, head);
            exchange = release;
            release.start();
        } else if (route == null) {
            PassThrough passing = new PassThrough(this, head);
            exchange = passing;
            passing.start();
        } else {
            GovernedExchange governed = new GovernedExchange(this, head, route);
            exchange = governed;
            governed.start();
        }
    }

    /** What has to be refused lest the heap runs out: first what would be kept and may wait, then everything. */
    private String shed(boolean isStep) {
        double heap = setup.parts().resources().heapRatio().getAsDouble();
        LimitsConfig limits = setup.config().limits();
        if (isStep && heap >= limits.heapShed()) {
            return "step";
        }
        return heap >= limits.heapRefuse() ? "request" : "";
    }

    private void deliverContent(HttpContent content) {
        Exchange current = exchange;
        if (current == null) {
            content.release();
        } else if (content.decoderResult().cause() instanceof MalformedException malformed) {
            current.onMalformedBody(malformed.reply());
        } else {
            if (content.content().isReadable()) {
                current.onBody(content.content());
            } else {
                content.release();
            }
            if (content instanceof LastHttpContent && exchange == current) {
                current.onRequestEnd();
            }
        }
    }

    private void refuse(HttpRequest head, @Nullable Route route, ErrorReply refusal) {
        ExchangeFigures figures = new ExchangeFigures(head, setup.parts().nanoClock());
        ResponseRelay relay = new ResponseRelay(this, head, figures);
        relay.error(refusal, route, EmptyHttpHeaders.INSTANCE);
        setup.parts().observer().onExchange(figures.unasked(route));
        relay.finish();
    }

    private RequestDecoder decoder() {
        return (RequestDecoder) way.handler();
    }

    private void releaseAhead() {
        ahead.forEach(ReferenceCountUtil::release);
        ahead.clear();
        aheadBytes = 0;
    }

    private static int sizeOf(HttpObject part) {
        return MESSAGE_BYTES
                + (part instanceof HttpContent content ? content.content().readableBytes() : 0);
    }
}
