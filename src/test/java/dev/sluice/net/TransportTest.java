package dev.sluice.net;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.config.UpstreamAddress;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TransportTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void connectsOverTcp(Transport transport) throws Exception {
        assumeUsable(transport);
        EventLoopGroup loops = transport.eventLoops(1, "test");
        try {
            Channel server =
                    bind(loops, transport.tcpServer(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) server.localAddress()).getPort();

            connect(transport, loops, "http://127.0.0.1:" + port);
            connect(transport, loops, "http://localhost:" + port);
        } finally {
            loops.shutdownGracefully(0, 1, SECONDS).syncUninterruptibly();
        }
    }

    @ParameterizedTest
    @EnumSource
    void connectsOverAUnixSocket(Transport transport) throws Exception {
        assumeUsable(transport);
        EventLoopGroup loops = transport.eventLoops(1, "test");
        try {
            String path = folder.resolve("s").toString();
            bind(loops, transport.unixServer(), transport.unixAddress(path));

            connect(transport, loops, "unix:" + path);
        } finally {
            loops.shutdownGracefully(0, 1, SECONDS).syncUninterruptibly();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNameThatDoesNotExistFailsTheConnect(Transport transport) {
        assumeUsable(transport);
        EventLoopGroup loops = transport.eventLoops(1, "test");
        try {
            assertThatThrownBy(() -> connect(transport, loops, "http://no-such-name.invalid:1"))
                    .isInstanceOf(UnknownHostException.class);
        } finally {
            loops.shutdownGracefully(0, 1, SECONDS).syncUninterruptibly();
        }
    }

    private static void connect(Transport transport, EventLoopGroup loops, String url) throws InterruptedException {
        Channel channel = new Connector(transport
                        .connector(loops.next(), UpstreamAddress.parse(url), TIMEOUT)
                        .handler(new ChannelInboundHandlerAdapter()))
                .connect()
                .sync()
                .getNow();
        assertThat(channel.isActive()).isTrue();
        channel.close().sync();
    }

    private static Channel bind(EventLoopGroup loops, Class<? extends ServerChannel> server, SocketAddress address)
            throws InterruptedException {
        return new ServerBootstrap()
                .group(loops)
                .channel(server)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind(address)
                .sync()
                .channel();
    }

    private static void assumeUsable(Transport transport) {
        assumeTrue(transport != Transport.EPOLL || Epoll.isAvailable(), "epoll does not load here");
    }
}
