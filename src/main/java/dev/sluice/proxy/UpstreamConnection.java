package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the engine: sends what its user, the {@link Receiver}, asks, and hands it what the
 * {@link AnswerDecoder} reads. Between uses a read stays outstanding, so that the engine's close is seen; anything that the engine
 * says unasked closes it. It goes back to its pool only once the read that brought the end of an answer is over: bytes
 * behind that end must not become the next request's answer. Confined to its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is seen
final class UpstreamConnection extends ChannelInboundHandlerAdapter implements AnswerDecoder.Sink {

    private static final Logger log = LoggerFactory.getLogger(UpstreamConnection.class);

    private static final int TCP_ESTABLISHED = 1;

    private final UpstreamPool pool;
    private final Channel channel;
    private final AnswerDecoder decoder;
    private @Nullable Receiver receiver;
    private boolean hasRested;
    private boolean isReading;
    private boolean isChunking;
    private boolean requestSent;
    private boolean isKeptAlive;
    private boolean returnsAfterRead;

    UpstreamConnection(UpstreamPool pool, Channel channel) {
        this.pool = pool;
        this.channel = channel;
        this.decoder = new AnswerDecoder(channel.alloc(), this);
    }

    /** Who is told what the engine says. Exactly one of {@link #onEnd}, {@link #onSwitched} and {@link #onBroken} is last. */
    interface Receiver {

        /** A 1xx other than 101. */
        void onInterim(HttpResponse head);

        /** The head of the answer; returns how its body is wanted. */
        Delivery onHead(HttpResponse head, AnswerFraming framing);

        /** Content that the next {@link #onBody} brings in its framing: to be looked at and no more. Only if so delivered. */
        void onContent(ByteBuf in, int from, int to);

        /** The next bytes of the body; the receiver owns them. */
        void onBody(ByteBuf bytes);

        /** The answer is whole as its framing says. */
        void onEnd(HttpHeaders trailers);

        /** A 101: from here on the connection carries bytes, and {@link #handOverTo} takes it over. */
        void onSwitched(HttpResponse head);

        /** The connection failed or broke the protocol before the answer was whole; it is closed. */
        void onBroken();

        /** All that could be read for now has been handed over; {@link #read} asks for more. */
        void onReadComplete();

        /** The engine's connection takes bytes again. */
        void onWritable();
    }

    Channel channel() {
        return channel;
    }

    /** Starts a use. */
    void take(Receiver user) {
        receiver = user;
        requestSent = false;
        isKeptAlive = false;
        channel.read();
    }

    /** Waits in the pool for its next use, with a read outstanding. */
    void rest() {
        hasRested = true;
        channel.read();
    }

    /** Whether this connection was idle for a time, so that the engine may be closing it as we write. */
    boolean hasRested() {
        return hasRested;
    }

    /**
     * Whether the engine has already closed its side as far as the kernel knows; seen for TCP under epoll only.
     *
     * @param room where the kernel's answer goes
     */
    boolean isClosedByPeer(EpollTcpInfo room) {
        return !channel.isActive()
                || (channel instanceof EpollSocketChannel socket
                        && socket.tcpInfo(room).state() != TCP_ESTABLISHED);
    }

    ChannelFuture sendHead(HttpRequest head) {
        isChunking = HttpUtil.isTransferEncodingChunked(head);
        decoder.expectAnswer(head.method().equals(HttpMethod.HEAD));
        return channel.write(HttpBytes.of(head, channel.alloc()));
    }

    /** Takes ownership of {@code bytes}. */
    void sendBody(ByteBuf bytes) {
        channel.write(isChunking ? HttpBytes.chunk(bytes, channel.alloc()) : bytes);
    }

    /** The request is whole: from now on the connection can be used again once its answer is. */
    void sendEnd() {
        requestSent = true;
        if (isChunking) {
            channel.write(HttpBytes.lastChunk(EmptyHttpHeaders.INSTANCE, channel.alloc()));
        }
        channel.flush();
    }

    void flush() {
        channel.flush();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    void read() {
        channel.read();
    }

    /** Ends the use and the connection: the engine sees it, and stops. */
    void close() {
        receiver = null;
        channel.close();
    }

    /** Leaves the channel to a tunnel, without this handler. */
    void handOverTo(Tunnel tunnel) {
        receiver = null;
        channel.pipeline().addLast(tunnel).remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        isReading = true;
        try {
            boolean isAllTaken = decoder.read(in);
            if (decoder.hasSwitched()) {
                ctx.fireChannelRead(in.retain());
            } else if (!isAllTaken) {
                onUnasked();
            }
        } catch (MalformedException e) {
            fail();
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        isReading = false;
        if (receiver != null) {
            receiver.onReadComplete();
        } else if (returnsAfterRead) {
            giveBack();
        } else {
            ctx.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (receiver != null && ctx.channel().isWritable()) {
            receiver.onWritable();
        }
    }

    /** A TLS connection that ends without a word was cut, by whomever: that is no end of an answer without length. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent end && !end.isSuccess()) {
            fail();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        pool.remove(this);
        decoder.onClose();
        fail();
    }

    /** A reset arrives here before the decoder could take the close for the end of an answer without length. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException || cause instanceof DecoderException)) {
            log.error("Engine connection failed in Sluice itself.", cause);
        }
        fail();
    }

    @Override
    public void onInterim(HttpResponse head) {
        if (receiver != null) {
            receiver.onInterim(head);
        }
    }

    @Override
    public void onSwitched(HttpResponse head) {
        if (receiver != null) {
            receiver.onSwitched(head);
        }
    }

    @Override
    public Delivery onHead(HttpResponse head, AnswerFraming framing) {
        isKeptAlive = framing != AnswerFraming.UNTIL_CLOSE && HttpUtil.isKeepAlive(head);
        return receiver == null ? Delivery.CONTENT : receiver.onHead(head, framing);
    }

    @Override
    public void onContent(ByteBuf in, int from, int to) {
        if (receiver != null) {
            receiver.onContent(in, from, to);
        }
    }

    @Override
    public void onBody(ByteBuf bytes) {
        if (receiver != null) {
            receiver.onBody(bytes);
        } else {
            bytes.release();
        }
    }

    @Override
    public void onEnd(HttpHeaders trailers) {
        Receiver user = receiver;
        if (user != null) {
            try {
                endUse();
            } finally {
                user.onEnd(trailers);
            }
        }
    }

    /** Bytes behind the end of an answer, or without a request: they must answer nobody's. */
    private void onUnasked() {
        returnsAfterRead = false;
        channel.close();
    }

    private void endUse() {
        receiver = null;
        if (!requestSent || !isKeptAlive) {
            channel.close();
        } else if (isReading) {
            returnsAfterRead = true;
        } else {
            giveBack();
        }
    }

    private void giveBack() {
        returnsAfterRead = false;
        pool.giveBack(this);
    }

    private void fail() {
        Receiver user = receiver;
        receiver = null;
        channel.close();
        if (user != null) {
            user.onBroken();
        }
    }
}
