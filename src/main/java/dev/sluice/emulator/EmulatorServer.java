package dev.sluice.emulator;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
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
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

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
    private final Channel tcp;

    /**
     * How to run.
     *
     * @param host to listen on
     * @param port to listen on; 0 takes a free one
     * @param preset the model and its hardware
     * @param speed engine seconds in one real second, above 0
     * @param seed of the answers
     * @param keepAlive how long a connection may idle after an answer before it is closed without a word, above 0
     * @param script of answers written beforehand
     */
    public record Options(
            String host, int port, Preset preset, double speed, long seed, Duration keepAlive, Script script) {

        /** As long as vLLM keeps them by default. */
        public static final Duration DEFAULT_KEEP_ALIVE = Duration.ofSeconds(5);

        public Options {
            if (!(speed > 0 && speed < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("speed: " + speed + " (expected: above 0)");
            }
            if (keepAlive.isNegative() || keepAlive.isZero()) {
                throw new IllegalArgumentException("keepAlive: " + keepAlive + " (expected: above 0)");
            }
        }

        /** With vLLM's keep-alive. */
        public Options(String host, int port, Preset preset, double speed, long seed) {
            this(host, port, preset, speed, seed, DEFAULT_KEEP_ALIVE, Script.NONE);
        }

        public Options withKeepAlive(Duration value) {
            return new Options(host, port, preset, speed, seed, value, script);
        }

        public Options withScript(Script value) {
            return new Options(host, port, preset, speed, seed, keepAlive, value);
        }
    }

    private EmulatorServer(Options options) throws IOException {
        this.options = options;
        int blocks = (int) (options.preset().poolTokens() / Preset.BLOCK_TOKENS);
        int maxModelTokens = Math.min(options.preset().maxModelTokens(), blocks * Preset.BLOCK_TOKENS);
        Plan.Maker plans = new Plan.Maker(
                options.preset().model(), maxModelTokens, new Generator(options.seed()), options.script());
        loop = new EngineLoop(options.preset(), options.speed());
        EmulatorHandler.Engine engine = new EmulatorHandler.Engine(loop, plans, new AtomicLong());
        group = new MultiThreadIoEventLoopGroup(
                IO_THREADS,
                new DefaultThreadFactory("emulator-http", true),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        ChannelInitializer<Channel> connection = new Connection(connections, options.keepAlive(), engine);
        try {
            tcp = listen(
                    group,
                    Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class,
                    new InetSocketAddress(options.host(), options.port()),
                    connection);
        } catch (IOException e) {
            stop();
            throw e;
        }
    }

    /** Listens once this returns. Fails, with nothing left behind, if an address cannot be had. */
    public static EmulatorServer start(Options options) throws IOException {
        return new EmulatorServer(options);
    }

    /** The port, also where any was asked for. */
    public int port() {
        return ((InetSocketAddress) tcp.localAddress()).getPort();
    }

    /** Where the server is reached, without a path. */
    public URI uri() {
        String host = options.host().contains(":") ? '[' + options.host() + ']' : options.host();
        return URI.create("http://" + host + ':' + port());
    }

    /** The engine as of its last iteration. */
    public CoreStats stats() {
        return loop.stats();
    }

    /** Connections that are open now, idle ones included. */
    long openConnections() {
        return connections.size();
    }

    /** Breaks off every answer and stops at once. */
    @Override
    public void close() {
        tcp.close().awaitUninterruptibly();
        stop();
    }

    private void stop() {
        connections.close().awaitUninterruptibly();
        loop.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static Channel listen(
            EventLoopGroup group,
            Class<? extends ServerChannel> type,
            SocketAddress address,
            ChannelInitializer<Channel> connection)
            throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(type)
                .childHandler(connection)
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "Cannot listen on " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    private static final class Connection extends ChannelInitializer<Channel> {

        private final ChannelGroup connections;
        private final Duration keepAlive;
        private final EmulatorHandler.Engine engine;

        Connection(ChannelGroup connections, Duration keepAlive, EmulatorHandler.Engine engine) {
            this.connections = connections;
            this.keepAlive = keepAlive;
            this.engine = engine;
        }

        @Override
        protected void initChannel(Channel channel) {
            connections.add(channel);
            channel.pipeline()
                    .addLast(new IdleStateHandler(0, 0, keepAlive.toNanos(), TimeUnit.NANOSECONDS))
                    .addLast(new HttpServerCodec()) // bytes <-> HTTP
                    .addLast(new HttpServerKeepAliveHandler()) // whether the connection outlives an answer
                    .addLast(new HttpObjectAggregator(MAX_BODY_BYTES)) // whole bodies, 100-continue, 413
                    .addLast(new EmulatorHandler(engine));
        }
    }
}
