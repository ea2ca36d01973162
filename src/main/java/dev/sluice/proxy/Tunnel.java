package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.IntConsumer;

/**
 * One direction of a connection that has changed its protocol: bytes, with back-pressure. When one side closes, what it
 * said is still passed on, and then the other side is closed. Confined to the event loop that both channels share.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is seen
final class Tunnel extends ChannelInboundHandlerAdapter {

    private final Channel other;
    private final IntConsumer counter;
    private final Runnable onClosed;

    private Tunnel(Channel other, IntConsumer counter, Runnable onClosed) {
        this.other = other;
        this.counter = counter;
        this.onClosed = onClosed;
    }

    /**
     * Joins both sides after a 101 has been written to the client.
     *
     * @param onOver run once, when the client's side has closed
     */
    static void join(ClientConnection client, UpstreamConnection engine, ExchangeFigures figures, Runnable onOver) {
        if (!client.mayTunnel()) {
            engine.close();
            client.close();
            return;
        }
        client.handOverTo(new Tunnel(engine.channel(), figures::countRequest, onOver));
        engine.handOverTo(new Tunnel(client.channel(), figures::countResponse, () -> {}));
        client.channel().read();
        engine.channel().read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        counter.accept(bytes.readableBytes());
        other.write(bytes);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        other.flush();
        if (other.isWritable()) {
            ctx.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            other.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        onClosed.run();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
