package dev.sluice.admin;

import dev.sluice.config.AdminConfig;
import dev.sluice.config.HostPort;
import dev.sluice.net.Tls;
import dev.sluice.net.Transport;
import dev.sluice.telemetry.Telemetry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The admin port: live page, state, agents, metrics and health, on an event loop of its own so that it answers however
 * busy the data path is. Reading asks for no credential, which is why it should stay on loopback or a private network;
 * changes need a token. Thread-safe.
 */
public final class AdminServer implements AutoCloseable {

    private static final int MAX_CONNECTIONS = 128;
    private static final int MAX_FIELDS_BYTES = 16 << 10;
    private static final int MAX_BODY_BYTES = 16 << 10;
    private static final int IDLE_SECONDS = 30;

    private final EventLoopGroup loop;
    private final ChannelGroup connections;
    private final Channel listener;

    private AdminServer(EventLoopGroup loop, ChannelGroup connections, Channel listener) {
        this.loop = loop;
        this.connections = connections;
        this.listener = listener;
    }

    /**
     * Binds the port and answers from then on.
     *
     * @param tls null to speak in the clear
     * @throws IOException if the port cannot be bound or the token not be read; the message names setting and value
     */
    public static AdminServer start(AdminConfig config, AdminSource source, Telemetry telemetry, @Nullable Tls tls)
            throws IOException {
        AdminToken token = new AdminToken(config.tokenFile());
        token.check();
        Transport transport = Transport.best();
        EventLoopGroup loop = transport.eventLoops(1, "sluice-admin");
        ChannelGroup connections = new DefaultChannelGroup(loop.next(), true);
        LiveFeed feed = new LiveFeed(source, telemetry, loop.next());
        AdminPages pages = new AdminPages(source, telemetry);
        AdminChanges changes = new AdminChanges(source, token, telemetry);
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(transport.tcpServer())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new Connections(pages, changes, feed, connections, tls))
                .bind(HostPort.parse(config.listen()).resolve())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IOException(
                    "admin.listen: " + config.listen() + " cannot be bound ("
                            + bound.cause().getMessage() + "): choose another address, port 0 takes a free port",
                    bound.cause());
        }
        feed.start();
        return new AdminServer(loop, connections, bound.channel());
    }

    /** Where it listens: the port is the one that was taken. */
    public HostPort address() {
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        return new HostPort(address.getAddress().getHostAddress(), address.getPort());
    }

    public int port() {
        return address().port();
    }

    /** Stops listening and closes all connections. Returns at once. */
    @Override
    public void close() {
        listener.close();
        connections.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static final class Connections extends ChannelInitializer<Channel> {

        private final AdminPages pages;
        private final AdminChanges changes;
        private final LiveFeed feed;
        private final ChannelGroup open;
        private final @Nullable Tls tls;

        Connections(AdminPages pages, AdminChanges changes, LiveFeed feed, ChannelGroup open, @Nullable Tls tls) {
            this.tls = tls;
            this.pages = pages;
            this.changes = changes;
            this.feed = feed;
            this.open = open;
        }

        @Override
        protected void initChannel(Channel channel) {
            if (open.size() >= MAX_CONNECTIONS) {
                channel.close();
                return;
            }
            open.add(channel);
            InetSocketAddress bound = (InetSocketAddress) channel.parent().localAddress();
            if (tls != null) {
                channel.pipeline().addLast(tls.context().newHandler(channel.alloc()));
            }
            channel.pipeline()
                    .addLast(new IdleStateHandler(0, 0, IDLE_SECONDS))
                    .addLast(new HttpServerCodec(new HttpDecoderConfig().setMaxHeaderSize(MAX_FIELDS_BYTES)))
                    .addLast(new HttpServerKeepAliveHandler())
                    .addLast(new BoundedBody(MAX_BODY_BYTES))
                    .addLast(new FlowControlHandler())
                    .addLast(new AdminHandler(pages, changes, feed, new HostCheck(bound.getAddress())));
        }
    }
}
