package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.AdmissionController;
import dev.sluice.admission.Arrival;
import dev.sluice.admission.Refusal;
import dev.sluice.agent.Attribution;
import dev.sluice.agent.Fingerprint;
import dev.sluice.agent.TenantKeys;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.UpstreamAddress;
import dev.sluice.gate.Gate;
import dev.sluice.gate.GateLoop;
import dev.sluice.gate.GateObserver;
import dev.sluice.gate.Permit;
import dev.sluice.gate.ThreadLoop;
import dev.sluice.net.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * More held requests than a process has descriptors for: over Netty's local transport, with the gate and all else as they are.
 * What is counted holds the clients' side, too, but not what a kernel keeps for a socket.
 */
final class ManyHeldTest {

    private static final int BODY_BYTES = 1_000;
    private static final long MOST_BYTES_EACH = 12_000;

    private final SluiceConfig config = ConfigReader.read(
                    "",
                    Map.of(
                            "law.name", "static",
                            "law.static.agents", 1,
                            "queue.maxSteps", 1_000_000,
                            "queue.maxBytes", "8GiB",
                            "limits.connections", 1_000_000))
            .config();
    private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
    private final ThreadLoop gateThread = new ThreadLoop("many-held-gate");
    private final GateLoop gate = new GateLoop(
            new Attribution(config.identity().fingerprint(), 1),
            new AdmissionController(config),
            new GateObserver() {},
            gateThread);
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("many-held", true), LocalIoHandler.newFactory());
    private final ChannelGroup taken = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ConcurrentLinkedQueue<Channel> clients = new ConcurrentLinkedQueue<>();
    private final LocalAddress address = new LocalAddress("many-held");

    @BeforeEach
    void countNoWatchers() {
        // Whoever watches a buffer for leaks takes memory for it.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void close() {
        ResourceLeakDetector.setLevel(level);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        gateThread.close();
    }

    @Test
    void fiveThousandTakeTwelveKilobytesEachAndLeaveNothing() throws Exception {
        hold(5_000);
    }

    @Test
    @Tag("long")
    void aHundredThousandTakeTwelveKilobytesEachAndLeaveNothing() throws Exception {
        hold(100_000);
    }

    private void hold(int count) throws Exception {
        Channel listener = listen();
        takeTheOnlyPlace();
        long before = usedBytes();
        for (int i = 1; i <= count; i++) {
            request(i);
        }
        awaitWaiting(count);
        long each = (usedBytes() - before) / count;
        assertThat(each).isLessThan(MOST_BYTES_EACH);
        clients.forEach(Channel::close);
        awaitWaiting(0);
        assertThat(gate.snapshot().get().permits()).isEqualTo(1);
        listener.close().awaitUninterruptibly();
    }

    private void takeTheOnlyPlace() {
        Arrival occupier = new Arrival("occupier", "test", "default", null, false, false, 100, -1);
        gate.ask(
                occupier,
                Fingerprint.NONE,
                new Gate.Caller() {
                    @Override
                    public void forward(Permit permit) {}

                    @Override
                    public void refused(Refusal refusal) {
                        throw new AssertionError(refusal);
                    }
                },
                Runnable::run);
    }

    private Channel listen() {
        ProxyParts parts = new ProxyParts(gate, ExchangeObserver.NONE, Transport.NIO, loops, System::nanoTime);
        AtomicLong serial = new AtomicLong();
        ProxySetup setup = new ProxySetup(
                config,
                parts,
                new Links(
                        UpstreamAddress.parse(config.upstream().url()),
                        RunningProxy.credentials(config),
                        new CircuitBreaker(System::nanoTime)),
                new StepReader(config.identity(), serial, () -> TenantKeys.NONE, () -> EngineHabits.PLAIN),
                new BodyAccount(bytes -> {}),
                false);
        return new ServerBootstrap()
                .group(loops)
                .channel(LocalServerChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .handler(new Acceptor(() -> setup, taken))
                .childHandler(
                        new ClientPipeline(() -> setup, taken, loop -> new UpstreamPool(loop, setup), () -> false))
                .bind(address)
                .syncUninterruptibly()
                .channel();
    }

    private void request(int number) {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"" + number + "x".repeat(BODY_BYTES) + "\"}]}";
        String request = "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Session-Id: h" + number
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        Channel client = new Bootstrap()
                .group(loops)
                .channel(LocalChannel.class)
                .option(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                .handler(new ChannelInboundHandlerAdapter())
                // Of its own accord Netty takes names by chance, of which two are alike among so many.
                .connect(address, new LocalAddress("client-" + number))
                .syncUninterruptibly()
                .channel();
        client.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII))
                .syncUninterruptibly();
        clients.add(client);
    }

    private void awaitWaiting(int count) throws Exception {
        int waiting = -1;
        while (waiting != count) {
            waiting = gate.snapshot(0).get().queue().size();
        }
    }

    private static long usedBytes() {
        System.gc();
        Runtime process = Runtime.getRuntime();
        return process.totalMemory() - process.freeMemory();
    }
}
