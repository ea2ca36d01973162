package dev.sluice.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Decides at the listener who becomes a client: whom it adds to the group is served, the others are told that there is no
 * room. It runs ahead of the event loops, which set connections up and see who has left; where there is no room, it lets
 * them catch up before it decides, so that nobody is refused for a client that is gone.
 *
 * <p>Confined to the listener's event loop.
 */
final class Acceptor extends ChannelInboundHandlerAdapter {

    private final Supplier<ProxySetup> setup;
    private final ChannelGroup clients;

    Acceptor(Supplier<ProxySetup> setup, ChannelGroup clients) {
        this.setup = setup;
        this.clients = clients;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object connection) {
        if (hasRoom()) {
            clients.add((Channel) connection);
            ctx.fireChannelRead(connection);
            return;
        }
        ctx.channel().config().setAutoRead(false);
        PromiseCombiner loops = new PromiseCombiner(ctx.executor());
        setup.get().parts().loops().forEach(loop -> loops.add(looked(loop)));
        loops.finish(ctx.newPromise().addListener(done -> {
            if (hasRoom()) {
                clients.add((Channel) connection);
            }
            ctx.fireChannelRead(connection);
            ctx.channel().config().setAutoRead(true);
        }));
    }

    /** Done when {@code loop} has looked which of its connections were closed until now. */
    private static Future<?> looked(EventExecutor loop) {
        Promise<?> looked = loop.newPromise();
        // What a loop schedules for itself comes after its next look at its connections.
        loop.execute(() -> loop.schedule(() -> looked.setSuccess(null), 0, TimeUnit.NANOSECONDS));
        return looked;
    }

    private boolean hasRoom() {
        return clients.size() < setup.get().mostConnections();
    }
}
