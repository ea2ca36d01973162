package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.net.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** On an event loop whose clock is turned, and whose tasks are run, by hand. */
final class SharedLoopTest {

    private final EmbeddedChannel clock = new EmbeddedChannel();
    private final SharedLoop loop = new SharedLoop(clock.eventLoop());
    private final List<String> ran = new ArrayList<>();

    @Test
    void whatIsExecutedWaitsForTheEventLoop() {
        loop.execute(() -> ran.add("task"));
        assertThat(ran).isEmpty();
        clock.runPendingTasks();
        assertThat(ran).containsExactly("task");
    }

    @Test
    void atOnceIsWithinTheCall() {
        loop.executeAtOnce(() -> ran.add("task"));
        assertThat(ran).containsExactly("task");
    }

    @Test
    void nothingOvertakesWhatWasGivenBefore() {
        loop.execute(() -> ran.add("first"));
        loop.executeAtOnce(() -> ran.add("second"));
        assertThat(ran).isEmpty();
        clock.runPendingTasks();
        loop.executeAtOnce(() -> ran.add("third"));
        assertThat(ran).containsExactly("first", "second", "third");
    }

    @Test
    void noTaskRunsWithinAnother() {
        loop.executeAtOnce(() -> {
            loop.executeAtOnce(() -> ran.add("inner"));
            ran.add("outer");
        });
        assertThat(ran).containsExactly("outer");
        clock.runPendingTasks();
        assertThat(ran).containsExactly("outer", "inner");
    }

    @Test
    void anErrorGoesNoFurtherThanItsTask() {
        loop.executeAtOnce(() -> {
            throw new StackOverflowError("a bug of ours");
        });
        loop.executeAtOnce(() -> ran.add("next"));
        assertThat(ran).containsExactly("next");
    }

    @Test
    void fromAnotherThreadItWaits() throws InterruptedException {
        EventLoopGroup group = Transport.best().eventLoops(1, "shared-loop-test");
        try {
            CompletableFuture<Thread> where = new CompletableFuture<>();
            new SharedLoop(group.next()).executeAtOnce(() -> where.complete(Thread.currentThread()));
            assertThat(where.join()).isNotSameAs(Thread.currentThread());
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
        }
    }

    @Test
    void anErrorDoesNotEndTheRepetition() {
        clock.freezeTime();
        AtomicInteger runs = new AtomicInteger();
        loop.repeat(Duration.ofMillis(100), () -> {
            runs.incrementAndGet();
            throw new StackOverflowError("a bug of ours");
        });
        for (int tick = 0; tick < 3; tick++) {
            clock.advanceTimeBy(100, TimeUnit.MILLISECONDS);
            clock.runScheduledPendingTasks();
        }
        assertThat(runs).hasValue(3);
    }
}
