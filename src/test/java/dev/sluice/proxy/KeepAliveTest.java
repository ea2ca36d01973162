package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Ending;
import dev.sluice.admission.Refusal;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that wait: what they are told, and signs of life for those that are to get them. */
@Timeout(60)
final class KeepAliveTest {

    private static final String STREAMED = "{\"stream\":true}";
    private static final String CODEX = "User-Agent: codex_exec/0.169.0\r\n";
    private static final String NODE = "X-Stainless-Lang: js\r\n";
    private static final String SIGN = ": waiting, place 3 of 5, about 12 s, door_shut\n\n";
    private static final String LATER = ": waiting, place 1 of 4, no_room\n\n";
    private static final String WITH_ENGINE = ": the engine works on it\n\n";
    private static final String DONE = "data: [DONE]\n\n";
    private static final String STREAM =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final FakeEngine engine = FakeEngine.overTcp();
    private final FakeGate gate = new FakeGate().holding();
    private final RunningProxy proxy = RunningProxy.serving(
            "{keepAlive: {other: 200ms, codex: 200ms}, blanks: {other: 200ms}, refusalStatus: {node: 503}}",
            engine,
            gate);

    @AfterEach
    void close() {
        proxy.close();
        engine.close();
    }

    private FakeGate.Asked held() throws InterruptedException {
        FakeGate.Asked step = gate.nextAsked();
        gate.tell(step, FakeGate.PLACE);
        return step;
    }

    private Wire ask(String path, String fields, String body) {
        return proxy.client().send(GovernedTest.post(path, fields, body));
    }

    /** What comes up to the end of those bytes. */
    private static String upTo(Wire client, String end) {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(end) < 0) {
            read.append(client.read(1));
        }
        return read.toString();
    }

    @Test
    void commentsTellThePlaceAndTheAnswerFollowsThem() throws Exception {
        Wire client = ask("/v1/chat/completions", "", STREAMED);
        FakeGate.Asked step = held();
        String head = upTo(client, "\r\n\r\n");
        assertThat(head)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .containsIgnoringCase("content-type: text/event-stream")
                .contains("Sluice-Place: 3/5", "Sluice-Estimate-Ms: 12000", "Sluice-Held: door_shut", "Sluice-Agent: ");
        assertThat(upTo(client, GovernedTest.chunk(SIGN))).isEqualTo(GovernedTest.chunk(SIGN));
        assertThat(upTo(client, GovernedTest.chunk(LATER))).isEqualTo(GovernedTest.chunk(LATER));
        gate.grant(step);
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send(STREAM + GovernedTest.chunk(DONE) + "0\r\n\r\n");
        assertThat(upTo(client, "0\r\n\r\n")).endsWith(GovernedTest.chunk(DONE) + "0\r\n\r\n");
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.COMPLETED);
        client.send(GovernedTest.post("/v1/chat/completions", NODE, STREAMED));
        gate.refuse(gate.nextAsked(), new Refusal(Ending.QUEUE_FULL, 1));
        assertThat(client.read().status()).as("the connection is kept").isEqualTo(503);
    }

    @Test
    void aStepThatHasGoneIsNotSaidToWait() throws Exception {
        Wire client = ask("/v1/chat/completions", "", STREAMED);
        FakeGate.Asked step = held();
        upTo(client, GovernedTest.chunk(SIGN));
        gate.grant(step);
        Wire upstream = engine.accept();
        upstream.read();
        // A word of the place that was under way.
        gate.tell(step, FakeGate.LATER);
        upTo(client, GovernedTest.chunk(WITH_ENGINE));
        assertThat(upTo(client, GovernedTest.chunk(WITH_ENGINE))).isEqualTo(GovernedTest.chunk(WITH_ENGINE));
        upstream.send(STREAM + GovernedTest.chunk(DONE) + "0\r\n\r\n");
        assertThat(upTo(client, "0\r\n\r\n")).endsWith(GovernedTest.chunk(DONE) + "0\r\n\r\n");
    }

    @Test
    void anAnswerWithALengthFollowsThemInChunks() throws Exception {
        Wire client = ask("/v1/chat/completions", "", "{}");
        FakeGate.Asked step = held();
        assertThat(upTo(client, "\r\n\r\n")).containsIgnoringCase("content-type: application/json");
        assertThat(upTo(client, GovernedTest.chunk("\n"))).isEqualTo(GovernedTest.chunk("\n"));
        gate.grant(step);
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(upTo(client, "0\r\n\r\n")).endsWith(GovernedTest.chunk("{}") + "0\r\n\r\n");
    }

    @Test
    void codexGetsItsOwnNoOpEvent() throws Exception {
        Wire client = ask("/v1/responses", CODEX, STREAMED);
        held();
        assertThat(upTo(client, "\n\n"))
                .contains("event: response.in_progress\ndata: {\"type\":\"response.in_progress\",");
        client.close();
        gate.nextWithdrawn();
    }

    @Test
    void whoIsNotNamedWaitsInSilenceAndIsToldWithItsRefusal() throws Exception {
        Wire client = ask("/v1/chat/completions", NODE, STREAMED);
        FakeGate.Asked step = held();
        // Longer than the interval: somebody who came later has had a sign of life meanwhile.
        Wire other = ask("/v1/chat/completions", "", STREAMED);
        held();
        upTo(other, GovernedTest.chunk(SIGN));
        gate.refuse(step, new Refusal(Ending.WAIT_EXPIRED, TimeUnit.MILLISECONDS.toNanos(1_500), null, FakeGate.LATER));
        Wire.Message answer = client.read();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.field("retry-after")).contains("2");
        assertThat(answer.field("retry-after-ms")).contains("1500");
        assertThat(answer.field("sluice-place")).contains("1/4");
        assertThat(answer.field("sluice-held")).contains("no_room");
        assertThat(answer.has("sluice-estimate-ms")).isFalse();
        other.close();
        gate.nextWithdrawn();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /v1/chat/completions | data: {"error":{
                    /v1/completions      | data: {"error":{
                    /v1/messages         | event: error
                    /v1/responses        | event: response.failed
                    """)
    void aLaterRefusalIsAnEventAndTheAnswerIsNeverWhole(String path, String event) throws Exception {
        Wire client = ask(path, "", STREAMED);
        FakeGate.Asked step = held();
        upTo(client, GovernedTest.chunk(SIGN));
        gate.refuse(step, new Refusal(Ending.WAIT_EXPIRED, 1));
        assertThat(client.readToEnd())
                .contains(event, "longer than a request may wait")
                .doesNotContain("\n0\r\n");
        ExchangeRecord record = proxy.nextRecord();
        assertThat(record.status()).isEqualTo(200);
        assertThat(record.ending()).isEqualTo(Ending.WAIT_EXPIRED);
    }

    @Test
    void anErrorOfTheEngineIsAnEventToo() throws Exception {
        Wire client = ask("/v1/chat/completions", "", STREAMED);
        FakeGate.Asked step = held();
        upTo(client, GovernedTest.chunk(SIGN));
        gate.grant(step);
        Wire upstream = engine.accept();
        upstream.read();
        String error = "{\"error\":{\"message\":\"too long\",\"code\":400}}";
        upstream.send("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: " + error.length()
                + "\r\n\r\n" + error);
        assertThat(client.readToEnd()).endsWith(GovernedTest.chunk("data: " + error + "\n\n"));
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Type: text/event-stream\r\nContent-Encoding: gzip", "Content-Type: application/json"})
    void anAnswerThatTheHeadBeforeItDoesNotFitIsAnError(String fields) throws Exception {
        Wire client = ask("/v1/chat/completions", "Accept-Encoding: gzip\r\n", STREAMED);
        FakeGate.Asked step = held();
        upTo(client, GovernedTest.chunk(SIGN));
        gate.grant(step);
        Wire upstream = engine.accept();
        assertThat(upstream.read().field("accept-encoding")).contains("identity");
        upstream.send("HTTP/1.1 200 OK\r\n" + fields + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                + GovernedTest.chunk("{}") + "0\r\n\r\n");
        assertThat(client.readToEnd())
                .contains("data: {\"error\":{", "\"code\":\"engine_died\"")
                .doesNotContain("{}", "\n0\r\n");
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DIED);
        assertThat(proxy.nextUpstreamError()).isEqualTo("unfit");
        assertThat(upstream.seesClose()).isTrue();
    }

    @Test
    void whereNoSignsMayComeTheEngineMayCodeItsAnswer() throws Exception {
        ask("/v1/chat/completions", NODE + "Accept-Encoding: gzip\r\n", STREAMED);
        gate.grant(held());
        assertThat(engine.accept().read().field("accept-encoding")).contains("gzip");
    }

    @Test
    void anEngineThatIsDownIsAnEventToo() throws Exception {
        Wire client = ask("/v1/messages", "", STREAMED);
        FakeGate.Asked step = held();
        upTo(client, GovernedTest.chunk(SIGN));
        engine.close();
        gate.grant(step);
        assertThat(client.readToEnd()).contains("event: error\ndata: {\"type\":\"error\"", "cannot be reached");
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_DOWN);
    }

    @Test
    void anErrorBehindBlanksIsBrokenOff() throws Exception {
        Wire client = ask("/v1/chat/completions", "", "{}");
        FakeGate.Asked step = held();
        upTo(client, GovernedTest.chunk("\n"));
        gate.refuse(step, new Refusal(Ending.WAIT_EXPIRED, 1));
        assertThat(client.readToEnd()).contains("\"code\":\"wait_expired\"").doesNotContain("\n0\r\n");
    }

    @Test
    void anOlderProtocolIsLeftInSilence() throws Exception {
        Wire client = proxy.client()
                .send("POST /v1/chat/completions HTTP/1.0\r\nHost: a\r\nContent-Length: 15\r\n\r\n" + STREAMED);
        FakeGate.Asked step = held();
        Wire other = ask("/v1/chat/completions", "", STREAMED);
        held();
        upTo(other, GovernedTest.chunk(SIGN));
        gate.refuse(step, new Refusal(Ending.WAIT_EXPIRED, 1));
        assertThat(client.read().status()).isEqualTo(429);
        other.close();
        gate.nextWithdrawn();
    }
}
