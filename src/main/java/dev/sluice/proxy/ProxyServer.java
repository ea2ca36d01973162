package dev.sluice.proxy;

import dev.sluice.agent.TenantKeys;
import dev.sluice.config.HostPort;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.UpstreamAddress;
import dev.sluice.net.Credentials;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data port: listens, and gives each client a {@link ClientPipeline}. An address of {@code HOST:0} takes a free port.
 * Thread-safe.
 */
public final class ProxyServer {

    private static final Logger log = LoggerFactory.getLogger(ProxyServer.class);

    /**
     * More than a system lets wait, so that its own bound counts (Linux: {@code net.core.somaxconn}, by default 4096). A crowd
     * may connect in one moment, and agents come back all at once when a proxy was restarted: whom the backlog has no place
     * for waits a second.
     */
    private static final int BACKLOG = 65_535;

    /** What may wait for a client that reads slowly before the engine is no longer read; one more read may go beyond it. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(8 << 10, 16 << 10);

    /** Bounds one read: a large body comes in few, and small requests do not pay for it. */
    private static final int MOST_READ_BYTES = 64 << 10;

    private static final int FIRST_READ_BYTES = 2 << 10;

    private static final int LEAST_READ_BYTES = 64;

    private final ChannelGroup clients = new DefaultChannelGroup("clients", GlobalEventExecutor.INSTANCE);
    private final Map<EventLoop, UpstreamPool> pools = new ConcurrentHashMap<>();
    private final AtomicLong anonymous;
    private final AtomicReference<TenantKeys> keys;

    /** Has a thread of its own: beside setting up connections, a crowd would be taken too slowly for the backlog. */
    private final EventLoopGroup accepting;

    private final Channel listener;
    private volatile ProxySetup setup;
    private volatile boolean isDraining;

    private ProxyServer(ProxySetup setup, AtomicLong anonymous, AtomicReference<TenantKeys> keys) throws IOException {
        this.setup = setup;
        this.anonymous = anonymous;
        this.keys = keys;
        this.accepting = setup.parts().transport().eventLoops(1, "sluice-accept");
        try {
            this.listener = bind();
        } catch (IOException | RuntimeException e) {
            stopThread();
            throw e;
        }
    }

    /**
     * Starts to listen.
     *
     * @throws IOException if the address cannot be listened on or TLS cannot be set up; the message names what and why
     * @throws IllegalArgumentException if {@code listen} or the upstream's URL cannot be understood
     */
    public static ProxyServer start(SluiceConfig config, ProxyParts parts) throws IOException {
        return start(config, parts, Credentials.of(config));
    }

    /** With credentials that somebody else keeps up to date. */
    public static ProxyServer start(SluiceConfig config, ProxyParts parts, Credentials credentials) throws IOException {
        ProxyServer server = listen(config, parts, credentials);
        server.accept();
        return server;
    }

    /** The same, but clients that connect are left waiting until {@link #accept}. */
    public static ProxyServer listen(SluiceConfig config, ProxyParts parts, Credentials credentials)
            throws IOException {
        UpstreamAddress upstream = UpstreamAddress.parse(config.upstream().url());
        AtomicLong anonymous = new AtomicLong();
        AtomicReference<TenantKeys> keys =
                new AtomicReference<>(TenantKeys.read(config.tenants().keysFile()));
        StepReader steps = new StepReader(config.identity(), anonymous, keys::get, parts.habits());
        BodyAccount bodies = new BodyAccount(parts.observer()::onCollecting);
        Links links = new Links(upstream, credentials, new CircuitBreaker(parts.nanoClock()));
        boolean isCertified = config.tenants().fromCertificate();
        return new ProxyServer(new ProxySetup(config, parts, links, steps, bodies, isCertified), anonymous, keys);
    }

    /**
     * Puts limits, patience and the rules of identity in force for exchanges that begin from now on. Addresses, TLS and
     * the pools of connections stay.
     */
    public void configure(SluiceConfig config) {
        ProxySetup now = setup;
        readKeys(config.tenants().keysFile());
        StepReader steps = config.identity().equals(now.config().identity())
                ? now.steps()
                : new StepReader(
                        config.identity(), anonymous, keys::get, now.parts().habits());
        setup = new ProxySetup(config, now.parts(), now.links(), steps, now.bodies(), now.isCertified());
    }

    /** Keys that cannot be read leave those in force that were: nobody is locked out or let in by a slip. */
    private void readKeys(String file) {
        try {
            keys.set(TenantKeys.read(file));
        } catch (IOException e) {
            log.warn("The keys of tenants stay as they were. cause={}", e.getMessage());
        }
    }

    /** Where clients are taken over TCP. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** Where clients are taken, as in {@code listen} but with the port that was taken. */
    public String listening() {
        return listener.localAddress() instanceof InetSocketAddress tcp
                ? new HostPort(tcp.getAddress().getHostAddress(), tcp.getPort()).toString()
                : setup.config().listen();
    }

    /** How many connections clients have. */
    public int connections() {
        return clients.size();
    }

    /** Most that they may have. */
    public int mostConnections() {
        return setup.mostConnections();
    }

    /** Takes those who connect from now on, and those who have. Idempotent. */
    public void accept() {
        listener.config().setAutoRead(true);
    }

    /**
     * From now on each connection ends with the answer that is under way on it, or its next one, and those at rest end at once:
     * clients that kept them would stay here, while others take new work. Idempotent.
     */
    public void drain() {
        isDraining = true;
        tellClients();
    }

    /** Those that are not registered yet find {@link #isDraining} set. */
    private void tellClients() {
        clients.stream()
                .filter(Channel::isRegistered)
                .forEach(client -> client.pipeline().fireUserEventTriggered(ClientConnection.DRAIN));
    }

    /** Takes no new connections from now on; those that are open live on. Blocks as {@link #close} does. Idempotent. */
    public void stopAccepting() {
        listener.close().awaitUninterruptibly();
        // Those taken last are on their way to their event loops.
        setup.parts().loops().forEach(loop -> loop.submit(() -> {}).awaitUninterruptibly());
    }

    /**
     * Closes: takes no new connections, closes clients as they come to rest, and after {@code grace} those that have not.
     * Blocks; not to be called on an event loop. Idempotent.
     */
    public void close(Duration grace) {
        isDraining = true;
        stopAccepting();
        tellClients();
        if (!clients.newCloseFuture().awaitUninterruptibly(grace.toMillis(), TimeUnit.MILLISECONDS)) {
            log.info("Connections still open at the end of the grace are closed now. clients={}", clients.size());
            clients.close().awaitUninterruptibly();
        }
        pools.forEach((loop, pool) -> loop.execute(pool::close));
        stopThread();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a daemon thread: it ends by itself
    private void stopThread() {
        accepting.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private Channel bind() throws IOException {
        ClientPipeline pipeline = new ClientPipeline(
                () -> setup,
                clients,
                loop -> pools.computeIfAbsent(loop, key -> new UpstreamPool(key, setup)),
                () -> isDraining);
        ChannelFuture bound;
        try {
            bound = setup.parts()
                    .transport()
                    .acceptor(accepting, setup.parts().loops(), setup.config().listen())
                    .option(ChannelOption.SO_BACKLOG, BACKLOG)
                    .option(ChannelOption.AUTO_READ, false)
                    .childOption(ChannelOption.AUTO_READ, false)
                    .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                    .childOption(
                            ChannelOption.RECVBUF_ALLOCATOR,
                            new AdaptiveRecvByteBufAllocator(LEAST_READ_BYTES, FIRST_READ_BYTES, MOST_READ_BYTES))
                    .handler(new Acceptor(() -> setup, clients))
                    .childHandler(pipeline)
                    .bind()
                    .awaitUninterruptibly();
        } catch (IOException e) {
            throw unusable(e);
        }
        if (!bound.isSuccess()) {
            throw unusable(bound.cause());
        }
        return bound.channel();
    }

    private IOException unusable(Throwable cause) {
        return new IOException(
                "listen: " + setup.config().listen() + " (" + cause.getMessage()
                        + "; expected: a free address of this machine)",
                cause);
    }
}
