package dev.sluice.proxy;

import dev.sluice.config.LimitsConfig;
import dev.sluice.net.Tls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The way of a request, in order: the {@link Acceptor} has let its connection in; TLS is taken off if there is any; bytes become
 * a head, pieces of a body and an end ({@link RequestDecoder}, whose heads {@link RequestGuard} has checked); then its
 * {@link ClientConnection} begins an {@link Exchange}: {@link PassThrough}, or {@link GovernedExchange} with
 * {@link BodyCollector} and gate. Both send it on by a {@link Forwarding}, over an {@link UpstreamConnection} of the
 * {@link UpstreamPool} on the same event loop, and answer through a {@link ResponseRelay}.
 */
final class ClientPipeline extends ChannelInitializer<Channel> {

    private final Supplier<ProxySetup> setup;
    private final ChannelGroup clients;
    private final Function<EventLoop, UpstreamPool> pools;
    private final BooleanSupplier isDraining;

    ClientPipeline(
            Supplier<ProxySetup> setup,
            ChannelGroup clients,
            Function<EventLoop, UpstreamPool> pools,
            BooleanSupplier isDraining) {
        this.setup = setup;
        this.clients = clients;
        this.pools = pools;
        this.isDraining = isDraining;
    }

    @Override
    protected void initChannel(Channel channel) {
        LimitsConfig limits = setup.get().config().limits();
        ProxyParts parts = setup.get().parts();
        boolean isShed = parts.resources().heapRatio().getAsDouble() >= limits.heapRefuse();
        if (isShed) {
            parts.observer().onShed("connection");
        }

        ChannelPipeline pipeline = channel.pipeline();
        Tls tls = setup.get().links().credentials().clients();
        if (tls != null) {
            pipeline.addLast(tls.context().newHandler(channel.alloc()));
        }
        pipeline.addLast(new RequestDecoder(limits));
        ChannelHandlerContext way = pipeline.lastContext();
        boolean hasRoom = clients.contains(channel);
        if (!hasRoom) {
            parts.observer().onConnectionRefused();
        }
        pipeline.addLast(
                hasRoom && !isShed
                        ? new ClientConnection(setup, pools.apply(channel.eventLoop()), way, isDraining.getAsBoolean())
                        : new Overload());
    }
}
