package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.agent.TenantKeys;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.UpstreamAddress;
import dev.sluice.net.Transport;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Idle connections: last in, first out, evicted in time, bounded, and gone when the engine closes them. */
final class UpstreamPoolTest {

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private long nowNanos;
    private UpstreamPool pool;

    UpstreamPoolTest() {
        SluiceConfig config = SluiceConfig.DEFAULT;
        ProxyParts parts =
                new ProxyParts(new FakeGate(), ExchangeObserver.NONE, Transport.NIO, loop.eventLoop(), () -> nowNanos);
        pool = new UpstreamPool(
                loop.eventLoop(),
                new ProxySetup(
                        config,
                        parts,
                        new Links(
                                UpstreamAddress.parse(config.upstream().url()),
                                RunningProxy.credentials(config),
                                new CircuitBreaker(() -> nowNanos)),
                        new StepReader(
                                config.identity(), new AtomicLong(), () -> TenantKeys.NONE, () -> EngineHabits.PLAIN),
                        new BodyAccount(bytes -> {}),
                        false));
    }

    @BeforeEach
    void freeze() {
        loop.freezeTime();
    }

    @AfterEach
    void close() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
        loop.finishAndReleaseAll();
    }

    @Test
    void anEngineThatClosesSoonerIsNotGivenTheChance() {
        UpstreamConnection quick = idle();
        nowNanos += TimeUnit.MILLISECONDS.toNanos(20);
        quick.channel().close();
        UpstreamConnection rested = idle();
        nowNanos += TimeUnit.MILLISECONDS.toNanos(9);
        assertThat(borrow()).isSameAs(rested);
        pool.giveBack(rested);
        nowNanos += TimeUnit.MILLISECONDS.toNanos(10);
        // Too old by what was learned; and the pool has no other.
        assertThat(pool.idleConnections()).isEqualTo(1);
        nowNanos += TimeUnit.MINUTES.toNanos(1);
        UpstreamConnection later = idle();
        nowNanos += TimeUnit.SECONDS.toNanos(3);
        assertThat(borrow()).isSameAs(later);
    }

    @Test
    void theOneUsedLastIsUsedFirst() {
        UpstreamConnection first = idle();
        UpstreamConnection second = idle();
        assertThat(borrow()).isSameAs(second);
        assertThat(borrow()).isSameAs(first);
    }

    @Test
    void idleConnectionsAreEvictedOneByOneAsTheirTimeComes() {
        idle();
        advance(3_000);
        idle();
        advance(999);
        assertThat(pool.idleConnections()).isEqualTo(2);
        advance(1);
        assertThat(pool.idleConnections()).isEqualTo(1);
        assertThat(channels.get(0).isActive()).isFalse();
        assertThat(channels.get(1).isActive()).isTrue();
        advance(3_000);
        assertThat(pool.idleConnections()).isZero();
    }

    @Test
    void noMoreAreKeptThanTheConfigurationSays() {
        int most = SluiceConfig.DEFAULT.upstream().maxIdleConnections();
        for (int i = 0; i < most + 1; i++) {
            idle();
        }
        assertThat(pool.idleConnections()).isEqualTo(most);
        assertThat(channels.get(most).isActive()).isFalse();
    }

    @Test
    void aConnectionThatTheEngineClosesOrSpeaksOnIsDropped() {
        idle();
        channels.get(0).finish();
        assertThat(pool.idleConnections()).isZero();
        idle();
        channels.get(1).writeInbound(Unpooled.wrappedBuffer(new byte[] {1}));
        assertThat(pool.idleConnections()).isZero();
        assertThat(channels.get(1).isActive()).isFalse();
    }

    private UpstreamConnection idle() {
        EmbeddedChannel channel = new EmbeddedChannel();
        UpstreamConnection connection = new UpstreamConnection(pool, channel);
        channel.pipeline().addLast(connection);
        channels.add(channel);
        pool.giveBack(connection);
        return connection;
    }

    private UpstreamConnection borrow() {
        List<UpstreamConnection> lent = new ArrayList<>();
        pool.borrow(new UpstreamPool.Borrower() {
            @Override
            public void onConnection(UpstreamConnection connection) {
                lent.add(connection);
            }

            @Override
            public void onConnectFailed(Throwable cause) {
                throw new AssertionError(cause);
            }
        });
        return lent.get(0);
    }

    private void advance(long millis) {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(millis);
        loop.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        loop.runScheduledPendingTasks();
    }
}
