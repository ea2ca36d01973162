package dev.sluice.net;

import dev.sluice.config.HostPort;
import dev.sluice.config.UpstreamAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;

/**
 * The transports that Netty offers us. Event loops and channels of one transport do not work with those of the other.
 * Thread-safe.
 */
public enum Transport {
    /** Linux's own. */
    EPOLL(
            EpollSocketChannel.class,
            EpollServerSocketChannel.class,
            EpollDomainSocketChannel.class,
            EpollServerDomainSocketChannel.class) {
        @Override
        IoHandlerFactory ioHandlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        public SocketAddress unixAddress(String path) {
            return new DomainSocketAddress(path);
        }
    },

    /** The JDK's: everywhere. */
    NIO(
            NioSocketChannel.class,
            NioServerSocketChannel.class,
            NioDomainSocketChannel.class,
            NioServerDomainSocketChannel.class) {
        @Override
        IoHandlerFactory ioHandlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        public SocketAddress unixAddress(String path) {
            return UnixDomainSocketAddress.of(path);
        }
    };

    /** Memory comes from the system in pieces of two to this power pages, 1 MiB: each event loop has one at least. */
    private static final int MAX_ORDER = 7;

    /** Where the heap has 512 MiB at most, Netty's default asks the system anew for each buffer above 64 KiB. */
    private static final ByteBufAllocator BUFFERS = new PooledByteBufAllocator(
            true,
            PooledByteBufAllocator.defaultNumHeapArena(),
            PooledByteBufAllocator.defaultNumDirectArena(),
            PooledByteBufAllocator.defaultPageSize(),
            MAX_ORDER,
            PooledByteBufAllocator.defaultSmallCacheSize(),
            PooledByteBufAllocator.defaultNormalCacheSize(),
            PooledByteBufAllocator.defaultUseCacheForAllThreads());

    private final Class<? extends Channel> tcpChannel;
    private final Class<? extends ServerChannel> tcpServer;
    private final Class<? extends Channel> unixChannel;
    private final Class<? extends ServerChannel> unixServer;

    Transport(
            Class<? extends Channel> tcpChannel,
            Class<? extends ServerChannel> tcpServer,
            Class<? extends Channel> unixChannel,
            Class<? extends ServerChannel> unixServer) {
        this.tcpChannel = tcpChannel;
        this.tcpServer = tcpServer;
        this.unixChannel = unixChannel;
        this.unixServer = unixServer;
    }

    /** {@link #EPOLL} where its native part loads, otherwise {@link #NIO}. */
    public static Transport best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    /**
     * Event loops on daemon threads called {@code name-…}; the caller shuts the group down.
     *
     * @param threads 1 and more
     */
    public EventLoopGroup eventLoops(int threads, String name) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: 1 and more)");
        }
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), ioHandlers());
    }

    public Class<? extends ServerChannel> tcpServer() {
        return tcpServer;
    }

    public Class<? extends ServerChannel> unixServer() {
        return unixServer;
    }

    /** The kind of channel that reaches {@code upstream}. */
    public Class<? extends Channel> channel(UpstreamAddress upstream) {
        return upstream.isUnixSocket() ? unixChannel : tcpChannel;
    }

    /** What to connect to. An IP address comes resolved, a name unresolved: see {@link Connector}. */
    public SocketAddress socketAddress(UpstreamAddress upstream) {
        if (upstream.isUnixSocket()) {
            return unixAddress(upstream.socketPath());
        }
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(upstream.host());
        return literal != null
                ? new InetSocketAddress(literal, upstream.port())
                : InetSocketAddress.createUnresolved(upstream.host(), upstream.port());
    }

    /**
     * What a {@link Connector} works with; it lacks only its handler. {@code timeout} bounds the look-up of a name and, again,
     * the connect.
     *
     * @param loop one of {@link #eventLoops} of this transport
     */
    public Bootstrap connector(EventLoop loop, UpstreamAddress upstream, Duration timeout) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(channel(upstream))
                .disableResolver()
                .option(ChannelOption.ALLOCATOR, BUFFERS)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout.toMillis()))
                .remoteAddress(socketAddress(upstream));
        return upstream.isUnixSocket() ? bootstrap : bootstrap.option(ChannelOption.TCP_NODELAY, true);
    }

    /**
     * A bootstrap of a listener that lacks only its handler and options.
     *
     * @param accepting takes connections
     * @param loops run them from then on; may be the same
     * @param listen {@code HOST:PORT} or {@code unix:/path}. A socket that a process left behind there is taken away
     * @throws IllegalArgumentException if it is neither
     * @throws IOException if something else is at that path
     */
    public ServerBootstrap acceptor(EventLoopGroup accepting, EventLoopGroup loops, String listen) throws IOException {
        ServerBootstrap bootstrap =
                new ServerBootstrap().group(accepting, loops).childOption(ChannelOption.ALLOCATOR, BUFFERS);
        if (listen.startsWith("unix:")) {
            String path = UpstreamAddress.parse(listen).socketPath();
            deleteIfLeftBehind(Path.of(path));
            return bootstrap.channel(unixServer).localAddress(unixAddress(path));
        }
        return bootstrap
                .channel(tcpServer)
                .localAddress(HostPort.parse(listen).resolve())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true);
    }

    /** Netty would unlink whatever is there. Whether anybody listens can only be told by asking. */
    private static void deleteIfLeftBehind(Path socket) throws IOException {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new BindException("there is something that is no socket");
        }
        try (SocketChannel asking = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            asking.connect(UnixDomainSocketAddress.of(socket));
        } catch (ConnectException nobodyListens) {
            Files.deleteIfExists(socket);
            return;
        }
        throw new BindException("somebody listens there already");
    }

    /** The address of the Unix socket at {@code path}, to connect or to bind. */
    public abstract SocketAddress unixAddress(String path);

    abstract IoHandlerFactory ioHandlers();
}
