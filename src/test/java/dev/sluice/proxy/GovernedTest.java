package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.FaultPoints;
import dev.sluice.admission.Ending;
import dev.sluice.api.Route;
import dev.sluice.config.LimitsConfig;
import dev.sluice.config.SluiceConfig;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A step's way: collected, asked about, forwarded, its answer read in passing, its permit ended once. */
@Timeout(60)
final class GovernedTest {

    private final FakeEngine engine = FakeEngine.overTcp();
    private final FakeGate gate = new FakeGate();
    private final RunningProxy proxy = new RunningProxy(
            RunningProxy.upstream(engine.url()), RunningProxy.limits(1_000, 16 << 10, 64 << 10, 100), gate);

    @AfterEach
    void close() {
        proxy.close();
        engine.close();
    }

    static String post(String path, String fields, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "Content-Length: " + body.length() + "\r\n\r\n"
                + body;
    }

    static String chunk(String content) {
        return Integer.toHexString(content.length()) + "\r\n" + content + "\r\n";
    }

    @Test
    void aWholeAnswerPassesAndItsUsageIsLearned() throws Exception {
        String body = "{\"model\":\"m\",\"messages\":[]}";
        Wire client = proxy.client()
                .send(post(
                        "/v1/chat/completions",
                        "X-Session-Id: s1\r\nSluice-Agent: me\r\nTraceparent: 00-1-2-01\r\n",
                        body));
        Wire upstream = engine.accept();
        Wire.Message request = upstream.read();
        assertThat(request.content()).isEqualTo(body);
        assertThat(request.has("sluice-agent")).isFalse();
        assertThat(request.field("x-session-id")).contains("s1");
        assertThat(request.field("traceparent")).contains("00-1-2-01");

        String json =
                "{\"choices\":[{\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}";
        upstream.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + json.length()
                + "\r\n\r\n" + json);
        Wire.Message answer = client.read();
        assertThat(answer.content()).isEqualTo(json);
        String agentId = gate.nextAsked().arrival().agentId();
        assertThat(answer.field("sluice-agent")).contains(agentId);
        assertThat(answer.field("sluice-wait-ms")).contains("7");

        FakeGate.Ended ended = gate.nextEnded();
        assertThat(ended.ending()).isEqualTo(Ending.COMPLETED);
        assertThat(ended.usage().promptTokens()).isEqualTo(5);
        assertThat(ended.usage().completionTokens()).isEqualTo(2);
        assertThat(ended.sawFirstToken()).isTrue();

        ExchangeRecord record = proxy.nextRecord();
        assertThat(record.route()).isEqualTo(Route.CHAT_COMPLETIONS);
        assertThat(record.ending()).isEqualTo(Ending.COMPLETED);
        assertThat(record.agentId()).isEqualTo(agentId);
        assertThat(record.tenant()).isEqualTo("default");
        assertThat(record.traceParent()).isEqualTo("00-1-2-01");
        assertThat(record.askedNanos()).isNotNegative();
        assertThat(record.requestBytes()).isEqualTo(body.length());
        assertThat(record.responseBytes()).isEqualTo(json.length());
        assertThat(record.waitedNanos()).isEqualTo(FakeGate.WAITED_NANOS);
    }

    @Test
    void whatAFaultOfOursKeepsFromBeingReadIsForwardedAsItCame() {
        SluiceConfig config =
                RunningProxy.config("127.0.0.1:0", RunningProxy.upstream(engine.url()), LimitsConfig.DEFAULT);
        try (RunningProxy faulty = new RunningProxy(config, gate, GovernedTest::unreadable)) {
            Wire client = faulty.client().send(post("/v1/chat/completions", "", "{\"stream\":true}"));
            Wire upstream = engine.accept();
            assertThat(upstream.read().content()).isEqualTo("{\"stream\":true}");
            upstream.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 3\r\n\r\n:\n\n");
            assertThat(client.read().content()).isEqualTo(":\n\n");

            client.send(post("/v1/chat/completions", "", "{\"stream\":false}"));
            assertThat(upstream.read().content()).isEqualTo("{\"stream\":false}");
            client.reset();
            assertThat(upstream.seesClose()).isTrue();
        }
    }

    private static ProxyParts unreadable(ProxyParts parts) {
        return new ProxyParts(
                parts.gate(),
                parts.observer(),
                parts.transport(),
                parts.loops(),
                parts.nanoClock(),
                () -> {
                    throw new FaultPoints.Fault("habits");
                },
                parts.resources());
    }

    @Test
    void theEnginesReportOfItsLoadPassesUntouched() throws Exception {
        Wire client = proxy.client()
                .send(post("/v1/completions", "Endpoint-Load-Metrics-Format: TEXT\r\n", "{\"prompt\":\"\"}"));
        Wire upstream = engine.accept();
        assertThat(upstream.read().field("endpoint-load-metrics-format")).contains("TEXT");

        String report = "TEXT named_metrics.kv_cache_usage_perc=0.4, named_metrics.num_requests_waiting=3.0";
        upstream.send("HTTP/1.1 200 OK\r\nEndpoint-Load-Metrics: " + report + "\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(client.read().field("endpoint-load-metrics")).contains(report);
    }

    @Test
    void bodiesThatComeTogetherHaveABoundTogether() throws Exception {
        try (FakeEngine idle = FakeEngine.overTcp();
                RunningProxy small = new RunningProxy(
                        RunningProxy.upstream(idle.url()), RunningProxy.collecting(100), new FakeGate())) {
            String begun = "POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\n" + "x".repeat(60);
            Wire first = small.client().send(begun);
            small.awaitCollecting(60);
            Wire refused = small.client().send(begun);
            Wire.Message answer = refused.read();
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.field("sluice-reason")).contains("queue_full");
            assertThat(answer.field("retry-after")).contains("1");
            assertThat(refused.seesClose()).isTrue();

            first.close();
            small.awaitCollecting(0);
            Wire next = small.client().send(post("/v1/completions", "", "{\"prompt\":\"" + "x".repeat(60) + "\"}"));
            Wire upstream = idle.accept();
            assertThat(upstream.read().content()).contains("xxx");
            upstream.send("HTTP/1.1 204 Done\r\n\r\n");
            assertThat(next.read().status()).isEqualTo(204);
        }
    }

    @Test
    void usageIsAskedForAndItsChunkTakenOutAgain() throws Exception {
        String body = "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        Wire client = proxy.client().send(post("/v1/chat/completions", "", body));
        Wire upstream = engine.accept();
        String sent = upstream.read().content();
        assertThat(sent).contains("\"include_usage\":true");
        assertThat(sent.replaceFirst(",?\"stream_options\":\\{\"include_usage\":true},?", ""))
                .isEqualTo(body);

        String hello = "data: {\"choices\":[{\"delta\":{\"content\":\"h\"}}]}\n\n";
        String stop = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
        String usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1}}\n\n";
        String done = "data: [DONE]\n\n";
        upstream.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk(hello) + chunk(stop) + chunk(usage) + chunk(done) + "0\r\n\r\n");
        assertThat(client.read().content()).isEqualTo(hello + stop + done);
        FakeGate.Ended ended = gate.nextEnded();
        assertThat(ended.ending()).isEqualTo(Ending.COMPLETED);
        assertThat(ended.usage().promptTokens()).isEqualTo(9);
    }

    @Test
    void eventsArePassedOnAsTheyComeAndTheFirstTokenIsTold() throws Exception {
        String body = "{\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
        Wire client = proxy.client().send(post("/v1/chat/completions", "", body));
        Wire upstream = engine.accept();
        assertThat(upstream.read().content()).isEqualTo(body);
        upstream.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 20; i++) {
            String event = "data: {\"choices\":[{\"delta\":{\"content\":\"" + i + "\"}}]}\n\n";
            upstream.send(chunk(event));
            String expected = i == 0 ? "" : chunk(event);
            if (i == 0) {
                String head = client.read(1);
                while (!head.endsWith("\r\n\r\n")) {
                    head += client.read(1);
                }
                expected = chunk(event);
            }
            assertThat(client.read(expected.length())).isEqualTo(expected);
        }
        String done = chunk("data: [DONE]\n\n") + "0\r\n\r\n";
        upstream.send(done);
        assertThat(client.read(done.length())).isEqualTo(done);
        assertThat(gate.nextEnded().sawFirstToken()).isTrue();
    }

    @Test
    void aBodyOverTheLimitIsRefusedBeforeItIsRead() throws Exception {
        Wire client = proxy.client()
                .send("POST /v1/messages HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n");
        Wire.Message answer = client.read();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.field("sluice-reason")).contains("body_too_large");
        assertThat(answer.content()).startsWith("{\"type\":\"error\"");
        assertThat(client.seesClose()).isTrue();
        assertThat(proxy.nextRecord().ending()).isNull();
    }

    @Test
    void aChunkedBodyOverTheLimitIsRefusedWhileItComes() {
        Wire client = proxy.client()
                .send("POST /v1/completions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + chunk("x".repeat(600)) + chunk("x".repeat(600)));
        Wire.Message answer = client.read();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.content()).startsWith("{\"error\":{");
        assertThat(client.seesClose()).isTrue();
    }

    @Test
    void theBodyThatWaitsToBeInvitedIsInvitedByUs() throws Exception {
        Wire client = proxy.client()
                .send("POST /v1/completions HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(100);
        client.send("{}");
        Wire upstream = engine.accept();
        Wire.Message request = upstream.read();
        assertThat(request.has("expect")).isFalse();
        assertThat(request.content()).isEqualTo("{}");
        upstream.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(client.read().status()).isEqualTo(400);
        assertThat(gate.nextEnded().ending()).isEqualTo(Ending.ENGINE_REFUSED);
    }

    @Test
    void aChunkedBodyGoesOnWithItsLength() throws Exception {
        proxy.client()
                .send("POST /v1/completions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + chunk("{\"a\":") + chunk("1}") + "0\r\n\r\n");
        Wire.Message request = engine.accept().read();
        assertThat(request.field("content-length")).contains("7");
        assertThat(request.has("transfer-encoding")).isFalse();
        assertThat(request.content()).isEqualTo("{\"a\":1}");
    }

    @Test
    void aRefusalSaysWhyAndWhenToAskAgain() throws Exception {
        gate.refusing(Ending.QUEUE_FULL, TimeUnit.MILLISECONDS.toNanos(2_100));
        Wire client = proxy.client().send(post("/v1/messages", "", "{}"));
        Wire.Message answer = client.read();
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.field("retry-after")).contains("3");
        assertThat(answer.field("retry-after-ms")).contains("2100");
        assertThat(answer.field("sluice-reason")).contains("queue_full");
        assertThat(answer.has("sluice-agent")).isTrue();
        assertThat(answer.content()).contains("rate_limit_error").startsWith("{\"type\":\"error\"");
        assertThat(proxy.nextRecord().ending()).isEqualTo(Ending.QUEUE_FULL);

        client.send(post("/v1/chat/completions", "", "{}"));
        assertThat(client.read().content()).contains("\"code\":\"queue_full\"");
    }

    @Test
    void aBodyThatIsNoJsonAndAnUnusableIdentityAreRefused() {
        Wire client = proxy.client().send(post("/v1/chat/completions", "", "{"));
        Wire.Message answer = client.read();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.field("sluice-reason")).contains("bad_request");
        client.send(post("/v1/chat/completions", "Sluice-Agent: " + "x".repeat(2_000) + "\r\n", "{}"));
        assertThat(client.read().field("sluice-reason")).contains("bad_identity");
    }

    @Test
    void heldMeansSilenceUntilThePermitComes() throws Exception {
        gate.holding();
        Wire client = proxy.client().send(post("/v1/chat/completions", "", "{}"));
        FakeGate.Asked asked = gate.nextAsked();
        gate.grant(asked);
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(client.read().status()).isEqualTo(200);
        gate.nextEnded();
    }
}
