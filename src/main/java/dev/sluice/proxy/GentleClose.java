package dev.sluice.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection so that the answer on it arrives. Closing a socket whose peer is still sending resets it, and the
 * reset may overtake our last words (RFC 9112 §9.6): so only our side is closed, and what still comes is thrown away until
 * the peer closes, too, or a bounded time is over.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is seen
final class GentleClose extends ChannelInboundHandlerAdapter {

    private static final long MAX_LINGER_MILLIS = 1_000;

    private GentleClose() {}

    /**
     * Closes after what has been written.
     *
     * @param peerIsQuiet whether all that was expected of the peer has been read, so that nothing needs to linger
     */
    static void afterWrites(Channel channel, boolean peerIsQuiet) {
        ChannelFuture written = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (peerIsQuiet || !(channel instanceof DuplexChannel duplex)) {
            written.addListener(ChannelFutureListener.CLOSE);
            return;
        }
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.pipeline().addFirst(new GentleClose());
            written.addListener(done -> duplex.shutdownOutput());
        } else {
            channel.pipeline().addAfter(channel.pipeline().context(tls).name(), null, new GentleClose());
            written.addListener(done -> tls.closeOutbound().addListener(told -> duplex.shutdownOutput()));
        }
        channel.eventLoop().schedule(() -> channel.close(), MAX_LINGER_MILLIS, TimeUnit.MILLISECONDS);
        channel.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.read();
    }
}
