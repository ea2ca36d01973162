package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.admission.Ending;
import dev.sluice.net.Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that leaves is seen whatever its step is doing, and the engine is told by closing. */
@Timeout(60)
final class ClientLeavesTest {

    private static final String STEP = GovernedTest.post("/v1/chat/completions", "", "{\"stream\":true}");

    private final FakeEngine engine = FakeEngine.overTcp();
    private final FakeGate gate = new FakeGate();
    private final RunningProxy proxy = new RunningProxy(engine, gate);

    @AfterEach
    void close() {
        proxy.close();
        engine.close();
    }

    @Test
    void whileItsBodyIsCollected() throws Exception {
        proxy.client()
                .send("POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
                .close();
        assertThat(proxy.nextRecord().ending()).isNull();
    }

    @Test
    void whileItsStepIsHeld() throws Exception {
        gate.holding();
        Wire client = proxy.client().send(STEP);
        FakeGate.Asked asked = gate.nextAsked();
        client.close();
        assertThat(gate.nextWithdrawn()).isEqualTo(asked);
        assertThat(proxy.nextRecord().ending()).isEqualTo(Ending.CLIENT_GONE_HELD);
    }

    @Test
    void whileThePermitIsOnItsWay() throws Exception {
        gate.holding();
        Wire client = proxy.client().send(STEP);
        FakeGate.Asked asked = gate.nextAsked();
        client.reset();
        gate.nextWithdrawn();
        gate.grant(asked);
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.CLIENT_GONE_HELD);
    }

    @Test
    void whileTheEngineIsSilent() throws Exception {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        client.close();
        assertThat(upstream.seesClose()).isTrue();
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.CLIENT_GONE);
    }

    @Test
    void byClosingOnlyItsSendingSide() throws Exception {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        client.shutdownOutput();
        assertThat(upstream.seesClose()).isTrue();
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.CLIENT_GONE);
    }

    @Test
    void amidAStream() throws Exception {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                + GovernedTest.chunk("data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n"));
        client.read(12);
        client.close();
        assertThat(upstream.seesClose()).isTrue();
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.CLIENT_GONE);
    }

    @Test
    void fromAnExchangeThatIsNotGoverned() throws Exception {
        Wire client = proxy.client().send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        Wire upstream = engine.accept();
        upstream.read();
        client.reset();
        assertThat(upstream.seesClose()).isTrue();
        assertThat(proxy.nextRecord().status()).isZero();
    }

    @Test
    void evenWithMorePipelinedBehindThanWeRead() throws Exception {
        assumeTrue(Transport.best() == Transport.EPOLL, "only the kernel's own event tells of it");
        gate.holding();
        Wire client = proxy.client().send(STEP + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3_000));
        gate.nextAsked();
        client.close();
        gate.nextWithdrawn();
    }
}
