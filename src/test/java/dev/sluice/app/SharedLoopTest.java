package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** On an event loop whose clock is turned by hand. */
final class SharedLoopTest {

    @Test
    void anErrorDoesNotEndTheRepetition() {
        EmbeddedChannel clock = new EmbeddedChannel();
        clock.freezeTime();
        AtomicInteger runs = new AtomicInteger();
        new SharedLoop(clock.eventLoop()).repeat(Duration.ofMillis(100), () -> {
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
