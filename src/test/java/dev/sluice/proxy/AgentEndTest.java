package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.LimitsConfig;
import dev.sluice.net.Transport;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How clients say that an agent has ended, and what of theirs the engine does not get. */
@Timeout(60)
final class AgentEndTest {

    private final FakeEngine engine = FakeEngine.overTcp();
    private final FakeGate gate = new FakeGate();
    private final RunningProxy proxy = new RunningProxy(
            RunningProxy.upstream(engine.url()), RunningProxy.limits(100_000, 16 << 10, 64 << 10, 100), gate);

    @AfterEach
    void close() {
        proxy.close();
        engine.close();
    }

    @Test
    void aReleasedProgramEndsTheAgentThatItsRequestsNamed() throws Exception {
        proxy.client().send(GovernedTest.post("/v1/chat/completions", "", "{\"program_id\":\"p\\\"1\"}"));
        engine.accept().read();
        String agentId = gate.nextAsked().arrival().agentId();

        Wire.Message answer = proxy.client()
                .send(GovernedTest.post("/programs/release", "", "{\"program_id\":\"p\\\"1\"}"))
                .read();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.content()).isEqualTo("{\"program_id\":\"p\\\"1\",\"released\":true}");
        assertThat(gate.endedAgents).contains(agentId);
    }

    @Test
    void aQueryChangesNothing() throws Exception {
        for (String path : new String[] {"/programs/release?x=1", "/programs/rele%61se"}) {
            assertThat(proxy.client()
                            .send(GovernedTest.post(path, "", "{\"program_id\":\"p\"}"))
                            .read()
                            .content())
                    .isEqualTo("{\"program_id\":\"p\",\"released\":true}");
        }
    }

    @Test
    void anotherKeyReleasesOthers() throws Exception {
        proxy.client().send(GovernedTest.post("/v1/chat/completions", "", "{\"program_id\":\"p\"}"));
        engine.accept().read();

        proxy.client()
                .send(GovernedTest.post("/programs/release", "Authorization: Bearer b\r\n", "{\"program_id\":\"p\"}"))
                .read();

        assertThat(gate.endedAgents)
                .isNotEmpty()
                .doesNotContain(gate.nextAsked().arrival().agentId());
    }

    @Test
    void aReleaseThatNamesNothingIsRefused() throws Exception {
        Wire client = proxy.client();
        assertThat(client.send(GovernedTest.post("/programs/release", "", "{}"))
                        .read()
                        .content())
                .contains("program_id: none");
        assertThat(client.send(GovernedTest.post("/programs/release", "", "[]"))
                        .read()
                        .status())
                .isEqualTo(400);
        assertThat(client.send(GovernedTest.post("/programs/release", "", "x".repeat(70_000)))
                        .read()
                        .status())
                .isEqualTo(413);
        assertThat(gate.endedAgents).isEmpty();
    }

    @Test
    void theLastRequestSaysSoItself() throws Exception {
        for (String field : new String[] {"Sluice-End: true", "X-Dynamo-Session-Final: 1", "X-Session-Final: True"}) {
            proxy.client().send(GovernedTest.post("/v1/chat/completions", field + "\r\n", "{\"messages\":[]}"));
            assertThat(engine.accept().read().has("sluice-end")).isFalse();
            assertThat(gate.nextAsked().arrival().last()).isTrue();
        }
        proxy.client().send(GovernedTest.post("/v1/chat/completions", "Sluice-End: false\r\n", "{\"messages\":[]}"));
        engine.accept().read();
        assertThat(gate.nextAsked().arrival().last()).isFalse();
    }

    @Test
    void anEngineThatRefusesUnknownFieldsDoesNotGetOurs() throws Exception {
        EventLoopGroup loops = Transport.best().eventLoops(1, "strict");
        ProxyServer strict = strict(loops);
        try (Wire client = Wire.connect(strict.address())) {
            client.send(GovernedTest.post(
                    "/v1/chat/completions",
                    "",
                    "{\"program_id\":\"p\",\"stream\":true,\"session_id\":1,\"messages\":[],"
                            + "\"extra_body\":{\"program_id\":\"p\"}}"));
            assertThat(engine.accept().read().content())
                    .isEqualTo("{\"stream_options\":{\"include_usage\":true},\"stream\":true,\"messages\":[]}");
        } finally {
            strict.close(Duration.ZERO);
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @Test
    void aStepGoesToTheRankOfItsAgentUnlessTheClientHasChosen() throws Exception {
        gate.rank = 3;
        proxy.client().send(GovernedTest.post("/v1/chat/completions", "", "{}"));
        assertThat(engine.accept().read().field("x-data-parallel-rank")).contains("3");
        proxy.client().send(GovernedTest.post("/v1/chat/completions", "X-Data-Parallel-Rank: 1\r\n", "{}"));
        assertThat(engine.accept().read().field("x-data-parallel-rank")).contains("1");
    }

    private ProxyServer strict(EventLoopGroup loops) throws IOException {
        return ProxyServer.start(
                RunningProxy.config("127.0.0.1:0", RunningProxy.upstream(engine.url()), LimitsConfig.DEFAULT),
                new ProxyParts(
                        gate,
                        ExchangeObserver.NONE,
                        Transport.best(),
                        loops,
                        System::nanoTime,
                        () -> EngineHabits.UNKNOWN,
                        Resources.PLENTY));
    }
}
