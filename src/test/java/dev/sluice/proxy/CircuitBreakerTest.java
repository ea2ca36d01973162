package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Ending;
import dev.sluice.config.LimitsConfig;
import io.netty.channel.ChannelException;
import java.net.ConnectException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine that is down costs one try a second, and everybody else an answer at once. */
@Timeout(60)
final class CircuitBreakerTest {

    private static final ConnectException REFUSED = new ConnectException("refused");

    private final AtomicLong nowNanos = new AtomicLong();
    private final CircuitBreaker breaker = new CircuitBreaker(nowNanos::get);

    private void pass(long millis) {
        nowNanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void everybodyMayConnectWhileNothingFails() {
        for (int i = 0; i < 10; i++) {
            assertThat(breaker.mayConnect()).isTrue();
            breaker.onConnected();
        }
    }

    @Test
    void afterAFailureOneASecondTries() {
        assertThat(breaker.mayConnect()).isTrue();
        breaker.onFailed(nowNanos.get(), REFUSED);
        int tries = 0;
        for (int i = 0; i < 30_000; i++) {
            pass(1);
            if (breaker.mayConnect()) {
                tries++;
                breaker.onFailed(nowNanos.get(), REFUSED);
            }
        }
        assertThat(tries).isEqualTo(30);
    }

    @Test
    void whileOneTriesTheOthersDoNot() {
        breaker.mayConnect();
        breaker.onFailed(nowNanos.get(), REFUSED);
        pass(1_000);
        assertThat(breaker.mayConnect()).isTrue();
        assertThat(breaker.mayConnect()).isFalse();
    }

    @Test
    void aSuccessLetsEverybodyIn() {
        breaker.mayConnect();
        breaker.onFailed(nowNanos.get(), REFUSED);
        pass(1_000);
        breaker.mayConnect();
        breaker.onConnected();
        assertThat(breaker.mayConnect()).isTrue();
        assertThat(breaker.mayConnect()).isTrue();
    }

    @Test
    void aFailureThatASuccessHasOvertakenDoesNotCount() {
        long begunNanos = nowNanos.get();
        breaker.mayConnect();
        pass(10);
        breaker.onConnected();
        breaker.onFailed(begunNanos, REFUSED);
        assertThat(breaker.mayConnect()).isTrue();
    }

    @Test
    void ourOwnWantOfDescriptorsDoesNotCount() {
        breaker.mayConnect();
        breaker.onFailed(nowNanos.get(), new ChannelException("Too many open files"));
        assertThat(breaker.mayConnect()).isTrue();
    }

    @Test
    void anEngineThatIsDownUnderLoadAndComesBack() throws Exception {
        FakeGate gate = new FakeGate();
        FakeEngine gone = FakeEngine.overTcp();
        int port = gone.port();
        gone.close();
        String step = GovernedTest.post("/v1/chat/completions", "", "{}");
        try (RunningProxy proxy = new RunningProxy(
                RunningProxy.config("127.0.0.1:0", RunningProxy.upstream(gone.url()), LimitsConfig.DEFAULT),
                gate,
                nowNanos::get,
                Resources.PLENTY)) {
            Wire client = proxy.client();
            for (int i = 0; i < 200; i++) {
                Wire.Message answer = client.send(step).read();
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.field("sluice-reason")).contains("engine_down");
                assertThat(answer.field("retry-after")).contains("5");
                assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DOWN);
                assertThat(proxy.nextUpstreamError()).isEqualTo(i % 10 == 0 ? "connect_failed" : "not_tried");
                pass(100);
            }
            try (FakeEngine back = FakeEngine.overTcp(port)) {
                pass(1_000);
                client.send(step);
                Wire upstream = back.accept();
                upstream.read();
                upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
                assertThat(client.read().status()).isEqualTo(200);
                assertThat(gate.nextEnded().ending()).isEqualTo(Ending.COMPLETED);
            }
        }
    }
}
