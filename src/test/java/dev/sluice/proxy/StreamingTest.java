package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies of any size pass without being collected, and a side that does not read stops the side that sends. */
@Timeout(120)
final class StreamingTest {

    private static final int BLOCK = 64 << 10;

    private final FakeEngine engine = FakeEngine.overTcp();
    private final AtomicLong sentBlocks = new AtomicLong();
    private final CountDownLatch allSent = new CountDownLatch(1);
    private final RunningProxy proxy = new RunningProxy(engine, new FakeGate());

    @AfterEach
    void close() {
        proxy.close();
        engine.close();
    }

    @Test
    void aReaderThatDoesNotReadStopsTheEngine() throws Exception {
        Wire client = proxy.client().send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
        Wire upstream = engine.accept();
        upstream.read();
        int blocks = 600;
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: " + (long) blocks * BLOCK + "\r\n\r\n");
        sendBlocks(upstream, blocks);

        assertThat(stalls()).isTrue();
        client.readHeadOnly();
        for (int i = 0; i < blocks; i++) {
            assertThat(client.read(BLOCK)).hasSize(BLOCK);
        }
        assertThat(allSent.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anEngineThatDoesNotReadStopsTheClient() throws Exception {
        int blocks = 600;
        Wire client = proxy.client()
                .send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: " + (long) blocks * BLOCK + "\r\n\r\n");
        sendBlocks(client, blocks);
        Wire upstream = engine.accept();

        assertThat(stalls()).isTrue();
        upstream.readHeadOnly();
        for (int i = 0; i < blocks; i++) {
            assertThat(upstream.read(BLOCK)).hasSize(BLOCK);
        }
        assertThat(allSent.await(20, TimeUnit.SECONDS)).isTrue();
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(200);
    }

    @Test
    void anUpgradeBecomesATunnelThatClosesAsOne() throws Exception {
        Wire client = proxy.client()
                .send(Wire.head(
                        "GET /v1/realtime HTTP/1.1",
                        "Host: a",
                        "Connection: Upgrade",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Key: k"));
        Wire upstream = engine.accept();
        Wire.Message request = upstream.read();
        assertThat(request.field("upgrade")).contains("websocket");
        assertThat(request.field("connection")).contains("upgrade");
        String switching = Wire.head(
                "HTTP/1.1 101 Switching Protocols",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Accept: v");
        upstream.send(switching + "first");
        Wire.Message answer = client.readHeadOnly();
        assertThat(answer.status()).isEqualTo(101);
        assertThat(answer.field("sec-websocket-accept")).contains("v");
        assertThat(client.read(5)).isEqualTo("first");
        client.send("GET / not http");
        assertThat(upstream.read(14)).isEqualTo("GET / not http");
        upstream.send("last").close();
        assertThat(client.readToEnd()).isEqualTo("last");
        assertThat(proxy.nextRecord().status()).isEqualTo(101);
    }

    @Test
    void aTunnelWhoseClientLeavesClosesTheEngine() {
        Wire client = proxy.client()
                .send("GET /v1/realtime HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        client.readHeadOnly();
        client.close();
        assertThat(upstream.seesClose()).isTrue();
    }

    @Test
    void anUpgradeThatTheEngineDeclinesIsAnsweredAsUsual() {
        Wire client =
                proxy.client().send("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
        assertThat(client.read().content()).isEqualTo("no");
    }

    private void sendBlocks(Wire to, int blocks) {
        String block = "x".repeat(BLOCK);
        Thread sender = new Thread(() -> {
            for (int i = 0; i < blocks; i++) {
                to.send(block);
                sentBlocks.incrementAndGet();
            }
            allSent.countDown();
        });
        sender.setDaemon(true);
        sender.start();
    }

    /** Whether the sender comes to a halt before it is done: nothing sent for half a second. */
    private boolean stalls() throws InterruptedException {
        long before;
        do {
            before = sentBlocks.get();
            if (allSent.await(500, TimeUnit.MILLISECONDS)) {
                return false;
            }
        } while (before == 0 || before != sentBlocks.get());
        return true;
    }
}
