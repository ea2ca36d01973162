package dev.sluice.emulator;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The embedded engine as a server: vLLM's HTTP surface over one {@link EngineCore} in real time. What it counts as a
 * token, and which answers it gives, is told in {@code docs/emulator.md}.
 *
 * <p>Bodies are bounded by 64 MiB. What waits for a slow reader is bounded by the answer's own length; generations are not
 * bounded, as in vLLM.
 *
 * <p>Thread-safe.
 */
public final class EmulatorServer implements AutoCloseable {

    static final int MAX_BODY_BYTES = 64 << 20;
    static final String VERSION = "0.32.0+emulated";
    private static final int IO_THREADS = 2;

    private final EventLoopGroup group;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Options options;
    private final EngineLoop loop;
    private final EmulatorHandler.Engine engine;

    /**
     * How to run.
     *
     * @param host to listen on
     * @param port to listen on; 0 takes a free one
     * @param preset the model and its hardware
     * @param speed engine seconds in one real second, above 0
     * @param seed of the answers
     * @param keepAlive how long a connection may idle after an answer before it is closed without a word, above 0
     * @param unixSocket also listened on if not null; needs native epoll. The file must not exist, and goes with the server
     */
    public record Options(
            String host,
            int port,
            Preset preset,
            double speed,
            long seed,
            Duration keepAlive,
            @Nullable Path unixSocket) {

        /** As long as vLLM keeps them by default. */
        public static final Duration DEFAULT_KEEP_ALIVE = Duration.ofSeconds(5);

        public Options {
            if (!(speed > 0 && speed < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("speed: " + speed + " (expected: above 0)");
            }
            if (keepAlive.isNegative() || keepAlive.isZero()) {
                throw new IllegalArgumentException("keepAlive: " + keepAlive + " (expected: above 0)");
            }
            if (unixSocket != null && !Epoll.isAvailable()) {
                throw new IllegalArgumentException(
                        "unixSocket: " + unixSocket + " (expected: none, this system has no native epoll)");
            }
        }

        /** With vLLM's keep-alive, over TCP alone. */
        public Options(String host, int port, Preset preset, double speed, long seed) {
            this(host, port, preset, speed, seed, DEFAULT_KEEP_ALIVE, null);
        }

        public Options withKeepAlive(Duration value) {
            return new Options(host, port, preset, speed, seed, value, unixSocket);
        }

        public Options withUnixSocket(Path value) {
            return new Options(host, port, preset, speed, seed, keepAlive, value);
        }
    }

    /** Listens once this returns. Fails, with nothing left behind, if an address cannot be had. */
    public static EmulatorServer start(Options options) throws IOException {
        EmulatorServer server = new EmulatorServer(options);
        try {
            server.tcp = server.listen(
                    Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class,
                    new InetSocketAddress(options.host(), options.port()));
            if (options.unixSocket() != null) {
                server.listen(
                        EpollServerDomainSocketChannel.class,
                        new DomainSocketAddress(options.unixSocket().toFile()));
            }
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }
}
