package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Ending;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An answer that is cut at any of its bytes is never shown as a whole one, and what came before the cut arrives. */
@Timeout(120)
final class CutEverywhereTest {

    private static final String STEP = GovernedTest.post("/v1/chat/completions", "", "{\"stream\":true}");
    private static final String HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String FIRST = "data: {\"choices\":[{\"delta\":{\"content\":\"h\u00c3\u00a9\"}}]}\n\n";
    private static final String LAST = "data: [DONE]\n\n";
    private static final String ANSWER = HEAD + GovernedTest.chunk(FIRST) + GovernedTest.chunk(LAST) + "0\r\n\r\n";

    private final FakeEngine engine = FakeEngine.overTcp();
    private final FakeGate gate = new FakeGate();
    private final RunningProxy proxy = new RunningProxy(engine, gate);

    @AfterEach
    void close() {
        proxy.close();
        engine.close();
    }

    @Test
    void byTheEngineThatDies() throws Exception {
        for (int at = 0; at < ANSWER.length(); at++) {
            Wire client = proxy.client().send(STEP);
            Wire upstream = engine.accept();
            upstream.read();
            upstream.send(ANSWER.substring(0, at));
            upstream.close();
            if (at < HEAD.length()) {
                assertThat(client.read().status()).as("cut at %d", at).isEqualTo(502);
            } else {
                assertThat(client.seesReset()).as("cut at %d", at).isTrue();
            }
            assertThat(gate.nextEnded().ending()).as("cut at %d", at).isEqualTo(Ending.ENGINE_DIED);
            client.close();
        }
    }

    @Test
    void intoTwoPiecesNothingIsLost() throws Exception {
        Wire client = proxy.client();
        Wire upstream = null;
        for (int at = 1; at < ANSWER.length(); at++) {
            client.send(STEP);
            upstream = upstream == null ? engine.accept() : upstream;
            upstream.read();
            upstream.send(ANSWER.substring(0, at));
            upstream.send(ANSWER.substring(at));
            assertThat(client.read().content()).as("in two at %d", at).isEqualTo(FIRST + LAST);
            FakeGate.Ended ended = gate.nextEnded();
            assertThat(ended.ending()).isEqualTo(Ending.COMPLETED);
            assertThat(ended.sawFirstToken()).isTrue();
        }
    }
}
