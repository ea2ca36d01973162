package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HostNamesTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventExecutor loop = new DefaultEventExecutor();
    private final AtomicInteger lookUps = new AtomicInteger();
    private final CountDownLatch answer = new CountDownLatch(1);

    @AfterEach
    void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private InetAddress[] slowly(String name) throws UnknownHostException {
        lookUps.incrementAndGet();
        try {
            answer.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (name.equals("nobody")) {
            throw new UnknownHostException(name);
        }
        return new InetAddress[] {InetAddress.getLoopbackAddress()};
    }

    @Test
    void aCrowdSharesOneLookUpAndNoneOfItIsTurnedAway() throws Exception {
        HostNames names = new HostNames(this::slowly);
        List<Future<List<InetAddress>>> crowd = IntStream.range(0, 1_000)
                .mapToObj(i -> names.lookUp("engine", loop, LONG))
                .toList();
        answer.countDown();
        for (Future<List<InetAddress>> each : crowd) {
            assertThat(each.sync().getNow()).containsExactly(InetAddress.getLoopbackAddress());
        }
        assertThat(lookUps).hasValue(1);
        names.lookUp("engine", loop, LONG).sync();
        assertThat(lookUps).as("an engine may have moved since").hasValue(2);
    }

    @Test
    void aSlowNameHoldsUpNoOther() throws Exception {
        HostNames names = new HostNames(
                name -> name.startsWith("slow") ? slowly(name) : new InetAddress[] {InetAddress.getLoopbackAddress()});
        for (int i = 0; i < 100; i++) {
            var unused = names.lookUp("slow" + i, loop, LONG);
        }
        assertThat(names.lookUp("engine", loop, LONG).sync().getNow()).hasSize(1);
        answer.countDown();
    }

    @Test
    void whatIsNotFoundAndWhatIsNotAnsweredAreUnknownHosts() {
        HostNames names = new HostNames(this::slowly);
        assertThatThrownBy(
                        () -> names.lookUp("engine", loop, Duration.ofMillis(1)).sync())
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("no answer within");
        Future<List<InetAddress>> unknown = names.lookUp("nobody", loop, LONG);
        answer.countDown();
        assertThatThrownBy(unknown::sync).isInstanceOf(UnknownHostException.class);
    }
}
