package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to the engine are used again, and nothing that may have reached it is sent twice. */
@Timeout(60)
final class ReuseTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    private static final String GET = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String STEP =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n{\"n\":1}";

    @Test
    void aConnectionThatTheEngineClosedIsNotWrittenTo() {
        try (FakeEngine engine = FakeEngine.overTcp();
                RunningProxy proxy = new RunningProxy(engine, new FakeGate())) {
            Wire client = proxy.client().send(STEP);
            Wire first = engine.accept();
            first.read();
            first.send(OK);
            client.read();
            first.close();

            client.send(STEP);
            Wire second = engine.accept();
            assertThat(second.read().content()).isEqualTo("{\"n\":1}");
            second.send(OK);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    /** The next connection is given the descriptor of the one that closed, for which the event loop still has an event. */
    @ParameterizedTest
    @ValueSource(strings = {GET, STEP})
    void aCloseFoundTogetherWithARequestIsNotTakenForTheNextConnections(String request) {
        try (FakeEngine engine = FakeEngine.overTcp();
                RunningProxy proxy = new RunningProxy(engine, new FakeGate())) {
            Wire client = proxy.client().send(request);
            Wire first = engine.accept();
            first.read();
            first.send(OK);
            client.read();
            proxy.behindTheLoop(() -> {
                client.send(request);
                first.close();
            });
            Wire second = engine.accept();
            second.read();
            second.send(OK);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void anEngineThatClosesAfterEachAnswerLosesNothing() {
        try (FakeEngine engine = FakeEngine.overTcp();
                RunningProxy proxy = new RunningProxy(engine, new FakeGate())) {
            Wire client = proxy.client();
            for (int i = 0; i < 200; i++) {
                client.send(STEP);
                Wire upstream = engine.accept();
                upstream.read();
                upstream.send(OK).close();
                assertThat(client.read().status()).as("request %d", i).isEqualTo(200);
            }
        }
    }

    @Test
    void aSafeRequestIsTriedAgainOnce() {
        try (FakeEngine engine = FakeEngine.overTcp();
                RunningProxy proxy = new RunningProxy(engine, new FakeGate())) {
            Wire client = proxy.client().send(GET);
            Wire first = engine.accept();
            first.read();
            first.send(OK);
            client.read();

            client.send(GET);
            first.read();
            first.close();
            Wire second = engine.accept();
            second.read();
            second.close();
            assertThat(client.read().status()).isEqualTo(502);
        }
    }

    @Test
    void aStepThatReachedTheEngineIsNotSentTwice() throws Exception {
        FakeGate gate = new FakeGate();
        try (FakeEngine engine = FakeEngine.overTcp();
                RunningProxy proxy = new RunningProxy(engine, gate)) {
            Wire client = proxy.client().send(STEP);
            Wire first = engine.accept();
            first.read();
            first.send(OK);
            client.read();

            client.send(STEP);
            first.read();
            first.close();
            assertThat(client.read().status()).isEqualTo(502);
        }
    }

    @Test
    void wordsThatNobodyAskedForCloseTheConnection() {
        try (FakeEngine engine = FakeEngine.overTcp();
                RunningProxy proxy = new RunningProxy(engine, new FakeGate())) {
            Wire client = proxy.client().send(GET);
            Wire first = engine.accept();
            first.read();
            first.send(OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
            assertThat(client.read().content()).isEqualTo("{}");
            assertThat(first.seesClose()).isTrue();

            client.send(GET);
            Wire second = engine.accept();
            second.read();
            second.send(OK);
            assertThat(client.read().content()).isEqualTo("{}");
        }
    }

    @Test
    void aUnixSocketServesAndIsReusedAndLosesNothing(@TempDir Path dir) {
        try (FakeEngine engine = FakeEngine.overUnixSocket(dir.resolve("engine.sock"));
                RunningProxy proxy = new RunningProxy(engine, new FakeGate())) {
            Wire client = proxy.client().send(STEP);
            Wire first = engine.accept();
            Wire.Message request = first.read();
            assertThat(request.field("host")).contains("a");
            first.send(OK);
            client.read();
            client.send(STEP);
            first.read();
            first.send(OK).close();
            client.read();
            client.send(STEP);
            Wire second = engine.accept();
            second.read();
            second.send(OK);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }
}
