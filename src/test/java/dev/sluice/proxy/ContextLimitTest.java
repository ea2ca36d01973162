package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Ending;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ContextLimitTest {

    private final FakeEngine engine = FakeEngine.overTcp();
    private final FakeGate gate = new FakeGate();
    private final RunningProxy proxy = new RunningProxy(
            RunningProxy.upstream(engine.url()), RunningProxy.limits(1_000, 16 << 10, 64 << 10, 100), gate);

    @AfterEach
    void close() {
        proxy.close();
        engine.close();
    }

    @Test
    void whatIsTooLongIsRefusedInTheApisOwnWords() throws Exception {
        gate.refusing(Ending.CONTEXT_LIMIT, 0);

        Wire.Message openAi = proxy.client()
                .send(GovernedTest.post("/v1/chat/completions", "", "{\"messages\":[]}"))
                .read();
        assertThat(openAi.status()).isEqualTo(400);
        assertThat(openAi.field("sluice-reason")).contains("context_limit");
        assertThat(openAi.has("retry-after")).isFalse();
        assertThat(openAi.content()).contains("\"code\":\"context_limit\"").contains("invalid_request_error");

        Wire.Message anthropic = proxy.client()
                .send(GovernedTest.post("/v1/messages", "", "{\"messages\":[]}"))
                .read();
        assertThat(anthropic.content()).startsWith("{\"type\":\"error\"").contains("prompt is too long");
    }

    @Test
    void howNearTheCeilingIsIsToldWithTheAnswer() throws Exception {
        gate.near(33_000, 40_000);
        Wire client = proxy.client().send(GovernedTest.post("/v1/chat/completions", "", "{\"messages\":[]}"));
        Wire upstream = engine.accept();
        upstream.read();
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");

        assertThat(client.read().field("sluice-context")).contains("33000/40000");
    }
}
