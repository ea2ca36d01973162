package dev.sluice.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ThreadLoopTest {

    private static final long MOST_SECONDS = 20;

    @Test
    void anErrorEndsNeitherTheRepetitionNorTheLoop() throws InterruptedException {
        try (ThreadLoop loop = new ThreadLoop("test")) {
            CountDownLatch repeated = new CountDownLatch(3);
            loop.repeat(Duration.ofMillis(1), () -> {
                repeated.countDown();
                throw new StackOverflowError("a bug of ours");
            });
            assertThat(repeated.await(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();

            CountDownLatch ran = new CountDownLatch(1);
            loop.execute(() -> {
                throw new NoClassDefFoundError("a bug of ours");
            });
            loop.execute(ran::countDown);
            assertThat(ran.await(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }
}
