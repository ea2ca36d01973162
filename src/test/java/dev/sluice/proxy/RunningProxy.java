package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigReader;
import dev.sluice.config.LimitsConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.TlsConfig;
import dev.sluice.config.UpstreamConfig;
import dev.sluice.net.Credentials;
import dev.sluice.net.Transport;
import io.netty.channel.EventLoopGroup;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/** A proxy on a free port before a {@link FakeEngine}, with one event loop. Closing it checks that nothing was leaked. */
final class RunningProxy implements Closeable, ExchangeObserver {

    private final EventLoopGroup loops = Transport.best().eventLoops(1, "test-proxy");
    private final BlockingQueue<ExchangeRecord> records = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> upstreamErrors = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> clientTimeouts = new LinkedBlockingQueue<>();
    final BlockingQueue<String> shed = new LinkedBlockingQueue<>();
    final AtomicInteger refusedConnections = new AtomicInteger();
    private final BlockingQueue<Long> collecting = new LinkedBlockingQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final ArrayDeque<Wire> clients = new ArrayDeque<>();
    private final FakeGate gate;
    final Credentials credentials;
    private final ProxyServer server;

    RunningProxy(FakeEngine engine, FakeGate gate) {
        this(upstream(engine.url()), LimitsConfig.DEFAULT, gate);
    }

    RunningProxy(UpstreamConfig upstream, LimitsConfig limits, FakeGate gate) {
        this(config("127.0.0.1:0", upstream, limits), gate);
    }

    /** With settings for families of clients, as in the file. */
    static RunningProxy serving(String clients, FakeEngine engine, FakeGate gate) {
        Map<String, Object> settings =
                Map.of("listen", "127.0.0.1:0", "upstream.url", engine.url(), "queue.refusalStatus", 429);
        ConfigReader.Result read = ConfigReader.read("clients: " + clients, settings);
        assertThat(read.problems()).isEmpty();
        return new RunningProxy(read.config(), gate);
    }

    RunningProxy(SluiceConfig config, FakeGate gate) {
        this(config, gate, System::nanoTime, Resources.PLENTY);
    }

    RunningProxy(SluiceConfig config, FakeGate gate, LongSupplier nanoClock, Resources resources) {
        this(
                config,
                gate,
                parts -> new ProxyParts(
                        gate,
                        parts.observer(),
                        parts.transport(),
                        parts.loops(),
                        nanoClock,
                        parts.habits(),
                        resources));
    }

    /** With other parts than the usual ones. */
    RunningProxy(SluiceConfig config, FakeGate gate, UnaryOperator<ProxyParts> change) {
        this.gate = gate;
        this.credentials = credentials(config);
        ProxyParts usual = new ProxyParts(gate, this, Transport.best(), loops, System::nanoTime);
        try {
            server = ProxyServer.start(config, change.apply(usual), credentials);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Before an engine that is not a {@link FakeEngine}. */
    static RunningProxy before(String url) {
        return new RunningProxy(upstream(url), LimitsConfig.DEFAULT, new FakeGate());
    }

    static RunningProxy listeningOn(String listen, FakeEngine engine) {
        return new RunningProxy(config(listen, upstream(engine.url()), LimitsConfig.DEFAULT), new FakeGate());
    }

    static Credentials credentials(SluiceConfig config) {
        try {
            return Credentials.of(config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SluiceConfig config(String listen, UpstreamConfig upstream, LimitsConfig limits) {
        return config(listen, TlsConfig.DEFAULT, upstream, limits);
    }

    static SluiceConfig config(String listen, TlsConfig tls, UpstreamConfig upstream, LimitsConfig limits) {
        SluiceConfig base = SluiceConfig.DEFAULT;
        return new SluiceConfig(
                base.mode(),
                listen,
                tls,
                base.admin(),
                upstream,
                base.engine(),
                base.signals(),
                base.pool(),
                base.law(),
                base.queue(),
                base.clients(),
                base.agents(),
                base.identity(),
                base.tenants(),
                limits,
                base.drain(),
                base.decisions(),
                base.report(),
                base.tracing());
    }

    static UpstreamConfig upstream(String url) {
        UpstreamConfig base = UpstreamConfig.DEFAULT;
        return new UpstreamConfig(
                url,
                base.connectTimeout(),
                base.idleEviction(),
                base.maxIdleConnections(),
                base.streamedFirstByte(),
                base.wholeAnswer(),
                base.silence());
    }

    static UpstreamConfig upstream(String url, String apiKey, TlsConfig tls) {
        UpstreamConfig base = UpstreamConfig.DEFAULT;
        return new UpstreamConfig(
                url,
                base.connectTimeout(),
                base.idleEviction(),
                base.maxIdleConnections(),
                base.streamedFirstByte(),
                base.wholeAnswer(),
                base.silence(),
                apiKey,
                tls);
    }

    /** An upstream with all three bounds of patience the same. */
    static UpstreamConfig impatient(String url, Duration patience) {
        UpstreamConfig base = UpstreamConfig.DEFAULT;
        return new UpstreamConfig(
                url,
                base.connectTimeout(),
                base.idleEviction(),
                base.maxIdleConnections(),
                patience,
                patience,
                patience);
    }

    /** The usual limits with that one for all bodies together. */
    static LimitsConfig collecting(long bytes) {
        LimitsConfig base = LimitsConfig.DEFAULT;
        return new LimitsConfig(
                bytes,
                bytes,
                base.requestLineBytes(),
                base.fieldsBytes(),
                base.connections(),
                base.clientSilence(),
                base.clientIdle());
    }

    /** Limits with the usual patience. */
    static LimitsConfig limits(long bodyBytes, int requestLineBytes, int fieldsBytes, int connections) {
        LimitsConfig base = LimitsConfig.DEFAULT;
        return new LimitsConfig(
                bodyBytes,
                base.collectingBytes(),
                requestLineBytes,
                fieldsBytes,
                connections,
                base.clientSilence(),
                base.clientIdle());
    }

    /** The usual limits with patience of that length. */
    static LimitsConfig impatientWithClients(Duration silence, Duration idle) {
        LimitsConfig base = LimitsConfig.DEFAULT;
        return new LimitsConfig(
                base.bodyBytes(),
                base.collectingBytes(),
                base.requestLineBytes(),
                base.fieldsBytes(),
                base.connections(),
                silence,
                idle);
    }

    Wire client() {
        Wire client = Wire.connect(server.address());
        clients.add(client);
        return client;
    }

    ProxyServer server() {
        return server;
    }

    ExchangeRecord nextRecord() throws InterruptedException {
        ExchangeRecord next = records.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("a record within 20 s").isNotNull();
        return Objects.requireNonNull(next);
    }

    String nextUpstreamError() throws InterruptedException {
        return String.valueOf(upstreamErrors.poll(20, TimeUnit.SECONDS));
    }

    String nextClientTimeout() throws InterruptedException {
        return String.valueOf(clientTimeouts.poll(20, TimeUnit.SECONDS));
    }

    /** Waits until the event loop has done what it was given so far. */
    void awaitLoop() {
        loops.submit(() -> {}).awaitUninterruptibly();
    }

    /** Does that while the event loop is busy, so that it finds everything that came of it together. */
    void behindTheLoop(Runnable work) {
        AtomicBoolean isBusy = new AtomicBoolean();
        AtomicBoolean isDone = new AtomicBoolean();
        loops.execute(() -> {
            isBusy.set(true);
            spinUntil(isDone);
        });
        spinUntil(isBusy);
        work.run();
        isDone.set(true);
    }

    private static void spinUntil(AtomicBoolean condition) {
        while (!condition.get()) { // not even with a hint that it spins: BlockHound takes that for blocking
        }
    }

    /** Waits until bodies of exactly so many bytes are being received. */
    void awaitCollecting(long bytes) throws InterruptedException {
        Long now;
        do {
            now = collecting.poll(20, TimeUnit.SECONDS);
            assertThat(now).as("a change within 20 s").isNotNull();
        } while (!Long.valueOf(bytes).equals(now));
    }

    @Override
    public void onShed(String what) {
        shed.add(what);
    }

    @Override
    public void onConnectionRefused() {
        refusedConnections.incrementAndGet();
    }

    @Override
    public void onCollecting(long bytes) {
        collecting.add(bytes);
    }

    @Override
    public void onClientTimeout(String turn) {
        clientTimeouts.add(turn);
    }

    @Override
    public void onGovernedStart() {
        inFlight.incrementAndGet();
    }

    @Override
    public void onGovernedEnd() {
        inFlight.decrementAndGet();
    }

    @Override
    public void onUpstreamError(String kind) {
        upstreamErrors.add(kind);
    }

    @Override
    public void onExchange(ExchangeRecord exchange) {
        records.add(exchange);
    }

    @Override
    public void close() {
        clients.forEach(Wire::close);
        server.close(Duration.ofSeconds(5));
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        gate.assertAtRest();
        assertThat(inFlight).hasValue(0);
    }
}
