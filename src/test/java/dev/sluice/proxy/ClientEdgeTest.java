package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Whatever is thrown in what others do for a client, errors among it, closes the client. */
final class ClientEdgeTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ClientEdge edge = new ClientEdge(channel.eventLoop(), channel::close);

    @Test
    void anErrorNowClosesTheClient() {
        edge.guard(ClientEdgeTest::fail);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void onTheEventLoopATaskIsDoneWithinTheCall() {
        AtomicBoolean done = new AtomicBoolean();
        edge.execute(() -> done.set(true));
        assertThat(done).isTrue();
    }

    @Test
    void anErrorInATaskClosesTheClient() {
        edge.execute(ClientEdgeTest::fail);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anErrorInATimerClosesTheClient() {
        edge.schedule(ClientEdgeTest::fail, 1_000);
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whatGoesWellLeavesItOpen() {
        edge.execute(() -> {});
        assertThat(channel.isOpen()).isTrue();
    }

    private static void fail() {
        throw new StackOverflowError("a bug of ours");
    }
}
