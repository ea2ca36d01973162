package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.admission.Ending;
import dev.sluice.config.LimitsConfig;
import dev.sluice.config.UpstreamConfig;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An engine that fails is named, and an answer that it broke off is never shown as whole. */
@Timeout(60)
final class EngineFailureTest {

    private static final String STEP = GovernedTest.post("/v1/chat/completions", "", "{\"stream\":true}");
    private static final String STREAM =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String EVENT = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n";

    private final FakeEngine engine = FakeEngine.overTcp();
    private final FakeGate gate = new FakeGate();
    private final RunningProxy proxy = new RunningProxy(engine, gate);

    @AfterEach
    void close() {
        proxy.close();
        engine.close();
    }

    @Test
    void downBeforeItWasTried() throws Exception {
        engine.close();
        Wire.Message answer = proxy.client().send(STEP).read();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.field("sluice-reason")).contains("engine_down");
        assertThat(answer.field("retry-after")).isPresent();
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DOWN);
    }

    @Test
    void deadBeforeTheFirstByte() throws Exception {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        upstream.close();
        Wire.Message answer = client.read();
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.field("sluice-reason")).contains("engine_died");
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DIED);
        assertThat(proxy.nextUpstreamError()).isEqualTo("died");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5\r\nda", "ffff\r\n", "0\r\n"})
    void deadBetweenAndInsideEventsBreaksOffVisibly(String partial) throws Exception {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send(STREAM + GovernedTest.chunk(EVENT) + partial).close();
        assertThat(client.seesReset()).isTrue();
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DIED);
        assertThat(proxy.nextUpstreamError()).isEqualTo("broken_off");
    }

    /** Most clients take a clean end for a whole answer, whatever is missing of it; one of them then asks without limit. */
    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked\r\n", "Connection: close\r\n"})
    void aCleanEndWithoutTheLastEventIsBrokenOff(String framing) throws Exception {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        boolean isChunked = framing.startsWith("T");
        upstream.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + framing + "\r\n"
                + (isChunked ? GovernedTest.chunk(EVENT) + "0\r\n\r\n" : EVENT));
        if (!isChunked) {
            upstream.close();
        }
        assertThat(client.seesReset()).isTrue();
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DIED);
        assertThat(proxy.nextUpstreamError()).isEqualTo("broken_off");
    }

    @Test
    void aResetIsNotTheEndOfAnAnswerWithoutLength() throws Exception {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + EVENT);
        client.read(12);
        upstream.reset();
        assertThat(client.seesReset()).isTrue();
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DIED);
    }

    @Test
    void anAnswerShorterThanItsLengthIsBrokenOff() throws Exception {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":").close();
        assertThat(client.seesReset()).isTrue();
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DIED);
    }

    @Test
    void anErrorEventIsARefusalThoughTheStreamIsWhole() throws Exception {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        String error = "data: {\"error\":{\"message\":\"no\",\"code\":503}}\n\n";
        upstream.send(STREAM + GovernedTest.chunk(error) + GovernedTest.chunk("data: [DONE]\n\n") + "0\r\n\r\n");
        assertThat(client.read().content()).startsWith(error);
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_REFUSED);
    }

    /** What vLLM sends when it is told to stop amid streams: it depends on the moment which of these. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"shutting down\",\"code\":500}}",
                "{\"choices\":[{\"delta\":{\"content\":\"y\"},\"finish_reason\":\"abort\"}]}"
            })
    void anAnswerGivenUpAmidTheStreamIsADeathThoughTheStreamIsWhole(String last) throws Exception {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        String error = "data: " + last + "\n\n";
        upstream.send(STREAM + GovernedTest.chunk(EVENT) + GovernedTest.chunk(error));
        upstream.send(GovernedTest.chunk("data: [DONE]\n\n") + "0\r\n\r\n");
        assertThat(client.read().content()).isEqualTo(EVENT + error + "data: [DONE]\n\n");
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DIED);
        assertThat(proxy.nextUpstreamError()).isEqualTo("broken_off");
    }

    @Test
    void anAnswerThatIsNoHttpIsADeadEngine() throws Exception {
        Wire client = proxy.client().send(STEP);
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("SSH-2.0-OpenSSH\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(502);
        assertThat(upstream.seesClose()).isTrue();
    }

    @Test
    void silenceBeforeTheAnswerIsTooSlow() throws Exception {
        UpstreamConfig impatient = RunningProxy.impatient(engine.url(), Duration.ofMillis(1_100));
        FakeGate hasty = new FakeGate();
        try (RunningProxy slow = new RunningProxy(impatient, LimitsConfig.DEFAULT, hasty)) {
            Wire client = slow.client().send(STEP);
            Wire upstream = engine.accept();
            upstream.read();
            Wire.Message answer = client.read();
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.field("sluice-reason")).contains("engine_slow");
            assertThat(hasty.nextEnded().ending()).isEqualTo(Ending.ENGINE_SLOW);
            assertThat(slow.nextUpstreamError()).isEqualTo("slow");
            assertThat(upstream.seesClose()).isTrue();
        }
    }

    /** Clients count it as silence: engines send the head of a stream at once. */
    @Test
    void aHeadWithoutAFirstTokenIsTooSlow() throws Exception {
        UpstreamConfig base = UpstreamConfig.DEFAULT;
        UpstreamConfig impatient = new UpstreamConfig(
                engine.url(),
                base.connectTimeout(),
                base.idleEviction(),
                base.maxIdleConnections(),
                Duration.ofMillis(1_100),
                base.wholeAnswer(),
                base.silence());
        FakeGate hasty = new FakeGate();
        try (RunningProxy slow = new RunningProxy(impatient, LimitsConfig.DEFAULT, hasty)) {
            Wire client = slow.client().send(STEP);
            Wire upstream = engine.accept();
            upstream.read();
            String role = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
            upstream.send(STREAM + GovernedTest.chunk(": ping\n\n") + GovernedTest.chunk(role));
            assertThat(client.seesReset()).isTrue();
            assertThat(hasty.nextEnded().ending()).isEqualTo(Ending.ENGINE_SLOW);
        }
    }

    @Test
    void silenceAmidTheAnswerBreaksItOff() throws Exception {
        UpstreamConfig impatient = RunningProxy.impatient(engine.url(), Duration.ofMillis(300));
        FakeGate hasty = new FakeGate();
        try (RunningProxy slow = new RunningProxy(impatient, LimitsConfig.DEFAULT, hasty)) {
            Wire client = slow.client().send(STEP);
            Wire upstream = engine.accept();
            upstream.read();
            upstream.send(STREAM + GovernedTest.chunk(EVENT));
            assertThat(client.seesReset()).isTrue();
            assertThat(hasty.nextEnded().ending()).isEqualTo(Ending.ENGINE_SLOW);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"})
    void silenceAmidTheAnswerIsBoundedHoweverLongItsBeginningMayTake(String begun) throws Exception {
        UpstreamConfig base = UpstreamConfig.DEFAULT;
        UpstreamConfig patientAtFirst = new UpstreamConfig(
                engine.url(),
                base.connectTimeout(),
                base.idleEviction(),
                base.maxIdleConnections(),
                base.streamedFirstByte(),
                base.wholeAnswer(),
                Duration.ofMillis(300));
        FakeGate hasty = new FakeGate();
        try (RunningProxy slow = new RunningProxy(patientAtFirst, LimitsConfig.DEFAULT, hasty)) {
            boolean isStreamed = !begun.isEmpty();
            Wire client = slow.client()
                    .send(GovernedTest.post("/v1/chat/completions", "", isStreamed ? "{\"stream\":true}" : "{}"));
            Wire upstream = engine.accept();
            upstream.read();
            upstream.send(
                    isStreamed
                            ? STREAM + GovernedTest.chunk(begun)
                            : "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{");
            assertThat(client.seesReset()).isTrue();
            assertThat(hasty.nextEnded().ending()).isEqualTo(Ending.ENGINE_SLOW);
        }
    }

    @Test
    void aListenAddressInUseIsNamed() {
        String taken = "127.0.0.1:" + proxy.server().address().getPort();
        assertThatThrownBy(() -> RunningProxy.listeningOn(taken, engine))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("listen: " + taken);
    }
}
