package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Ending;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing waits for what runs, closes what rests, and is bounded. */
@Timeout(60)
final class ShutdownTest {

    private static final String STEP = GovernedTest.post("/v1/chat/completions", "", "{}");

    private final FakeEngine engine = FakeEngine.overTcp();
    private final FakeGate gate = new FakeGate();
    private final RunningProxy proxy = new RunningProxy(engine, gate);

    @AfterEach
    void close() {
        proxy.close();
        engine.close();
    }

    @Test
    void aRunningStepIsFinishedAndItsConnectionClosed() throws Exception {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        CompletableFuture<Void> closing =
                CompletableFuture.runAsync(() -> proxy.server().close(Duration.ofSeconds(30)));
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(client.read().content()).isEqualTo("{}");
        assertThat(client.seesClose()).isTrue();
        closing.get(20, TimeUnit.SECONDS);
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.COMPLETED);
    }

    @Test
    void aConnectionAtRestIsClosedAtOnce() throws Exception {
        Wire client = proxy.client().send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        client.read();
        proxy.server().close(Duration.ofSeconds(30));
        assertThat(client.seesClose()).isTrue();
        assertThat(upstream.seesClose()).isTrue();
    }

    @Test
    void whileItDrainsEachConnectionEndsWithItsAnswer() throws Exception {
        String other = "GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n";
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        Wire running = proxy.client().send(STEP);
        Wire first = engine.accept();
        first.read();
        Wire resting = proxy.client().send(other);
        Wire second = engine.accept();
        second.read();
        second.send(answer);
        resting.read();

        proxy.server().drain();

        assertThat(resting.seesClose()).isTrue();
        first.send(answer);
        Wire.Message last = running.read();
        assertThat(last.content()).isEqualTo("{}");
        assertThat(last.field("connection")).contains("close");
        assertThat(running.seesClose()).isTrue();
        Wire late = proxy.client().send(other);
        first.read();
        first.send(answer);
        assertThat(late.read().field("connection")).contains("close");
        assertThat(late.seesClose()).isTrue();
    }

    @Test
    void whatOutlastsTheGraceIsCutAndEnded() throws Exception {
        proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        proxy.server().close(Duration.ofMillis(1));
        assertThat(upstream.seesClose()).isTrue();
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.CLIENT_GONE);
    }
}
