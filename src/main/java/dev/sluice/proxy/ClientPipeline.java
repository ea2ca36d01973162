package dev.sluice.proxy;

import dev.sluice.config.LimitsConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.function.Function;

/**
 * The way of a request, in order: bytes become a head, pieces of a body and an end, within strict limits; then its
 * {@link ClientConnection} checks the head ({@link RequestGuard}) and begins an {@link Exchange}: {@link PassThrough}, or
 * {@link GovernedExchange} with {@link BodyCollector} and gate. Both send it on by a {@link Forwarding}, over an
 * {@link UpstreamConnection} of the {@link UpstreamPool} on the same event loop, and answer through a {@link ResponseRelay}.
 */
final class ClientPipeline extends ChannelInitializer<Channel> {

    /** Longest piece of a body that the decoder hands out at once; larger than a read, so that none is cut. */
    private static final int MAX_PIECE_BYTES = 256 << 10;

    /** More requests than fit into one read and what a {@link ClientConnection} reads ahead: that one is the bound. */
    private static final int MAX_PIPELINE_DEPTH = 8192;

    private final ProxySetup setup;
    private final ChannelGroup clients;
    private final Function<EventLoop, UpstreamPool> pools;

    ClientPipeline(ProxySetup setup, ChannelGroup clients, Function<EventLoop, UpstreamPool> pools) {
        this.setup = setup;
        this.clients = clients;
        this.pools = pools;
    }

    @Override
    protected void initChannel(Channel channel) {
        LimitsConfig limits = setup.config().limits();
        HttpDecoderConfig decoding = new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.requestLineBytes())
                .setMaxHeaderSize(limits.fieldsBytes())
                .setMaxChunkSize(MAX_PIECE_BYTES)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true);
        boolean hasRoom = clients.size() < limits.connections();
        clients.add(channel);

        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new HttpServerCodec(decoding, MAX_PIPELINE_DEPTH));
        pipeline.addLast(
                hasRoom ? new ClientConnection(setup, pools.apply(channel.eventLoop()), channel) : new Overload());
    }
}
