package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.LimitsConfig;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A heap that is nearly full gets no more work: first no steps, then nothing but the probe. */
@Timeout(60)
final class ShedTest {

    private static final String STEP = GovernedTest.post("/v1/chat/completions", "", "{}");
    private static final String OTHER = "GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String PROBE = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

    private volatile double heap = 0.5;
    private final FakeEngine engine = FakeEngine.overTcp();
    private final RunningProxy proxy = new RunningProxy(
            RunningProxy.config("127.0.0.1:0", RunningProxy.upstream(engine.url()), LimitsConfig.DEFAULT),
            new FakeGate(),
            System::nanoTime,
            new Resources(() -> heap, 3));

    @AfterEach
    void close() {
        proxy.close();
        engine.close();
    }

    @Test
    void stepsAreShedBeforeAnythingElse() {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        answer(upstream, client);

        heap = 0.92;
        Wire.Message refusal = client.send(STEP).read();
        assertThat(refusal.status()).isEqualTo(503);
        assertThat(refusal.field("sluice-reason")).contains("queue_full");
        assertThat(refusal.field("retry-after")).contains("5");
        assertThat(proxy.shed).containsExactly("step");
        Wire next = proxy.client().send(OTHER);
        answer(upstream, next);
    }

    @Test
    void atLastOnlyTheProbeIsAnswered() {
        Wire client = proxy.client().send(PROBE);
        Wire upstream = engine.accept();
        answer(upstream, client);

        heap = 0.95;
        assertThat(proxy.client().read().status()).isEqualTo(503);
        answer(upstream, client.send(PROBE));
        assertThat(client.send(OTHER).read().status()).isEqualTo(503);
        assertThat(proxy.shed).containsExactly("connection", "request");
        assertThat(proxy.refusedConnections).hasValue(0);

        heap = 0.5;
        answer(upstream, proxy.client().send(STEP));
    }

    @Test
    void connectionsBeyondTheDescriptorsAreRefused() {
        Wire first = proxy.client().send(PROBE);
        Wire upstream = engine.accept();
        answer(upstream, first);
        answer(upstream, proxy.client().send(PROBE));
        answer(upstream, proxy.client().send(PROBE));
        assertThat(proxy.client().read().status()).isEqualTo(503);
        assertThat(proxy.refusedConnections).hasValue(1);
        assertThat(proxy.server().mostConnections()).isEqualTo(3);
        assertThat(proxy.server().connections()).isEqualTo(3);
    }

    /** That a client has left is seen by its event loop, which is not the one that accepts the next. */
    @Test
    void nobodyIsRefusedForClientsThatHaveLeft() {
        Wire upstream = null;
        for (int round = 0; round < 50; round++) {
            List<Wire> clients = List.of(proxy.client(), proxy.client(), proxy.client());
            for (Wire client : clients) {
                client.send(PROBE);
                upstream = upstream == null ? engine.accept() : upstream;
                answer(upstream, client);
            }
            clients.forEach(Wire::close);
        }
    }

    private static void answer(Wire upstream, Wire client) {
        upstream.read();
        upstream.send(OK);
        assertThat(client.read().status()).isEqualTo(200);
    }
}
