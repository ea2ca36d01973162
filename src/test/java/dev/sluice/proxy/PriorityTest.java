package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Urgency;
import dev.sluice.config.LimitsConfig;
import dev.sluice.net.Transport;
import dev.sluice.proxy.EngineHabits.Priorities;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Priorities in the bodies that the engine gets. */
@Timeout(60)
final class PriorityTest {

    private final FakeGate gate = new FakeGate();
    private final EventLoopGroup loops = Transport.best().eventLoops(1, "priorities");
    private final FakeEngine engine = FakeEngine.overTcp();
    private ProxyServer proxy;
    private volatile EngineHabits habits = EngineHabits.PLAIN;

    @BeforeEach
    void start() throws Exception {
        proxy = ProxyServer.start(
                RunningProxy.config("127.0.0.1:0", RunningProxy.upstream(engine.url()), LimitsConfig.DEFAULT),
                new ProxyParts(
                        gate,
                        ExchangeObserver.NONE,
                        Transport.best(),
                        loops,
                        System::nanoTime,
                        () -> habits,
                        Resources.PLENTY));
    }

    @AfterEach
    void stop() {
        proxy.close(Duration.ZERO);
        loops.shutdownGracefully();
        engine.close();
    }

    @Test
    void lowerFirstAndHigherFirst() throws Exception {
        habits = new EngineHabits(false, Priorities.LOWER_FIRST);
        assertThat(sent(Urgency.FIRST, "{\"messages\":[]}")).isEqualTo("{\"priority\":0,\"messages\":[]}");
        assertThat(sent(Urgency.LAST, "{\"messages\":[]}")).isEqualTo("{\"priority\":2,\"messages\":[]}");
        habits = new EngineHabits(false, Priorities.HIGHER_FIRST);
        assertThat(sent(Urgency.FIRST, "{\"messages\":[]}")).isEqualTo("{\"priority\":2,\"messages\":[]}");
        assertThat(sent(Urgency.NEXT, "{\"messages\":[]}")).isEqualTo("{\"priority\":1,\"messages\":[]}");
        assertThat(sent(Urgency.LAST, " { \"messages\" : [] } ")).isEqualTo(" {\"priority\":0, \"messages\" : [] } ");
    }

    @Test
    void itStandsBesideOtherEdits() throws Exception {
        habits = new EngineHabits(true, Priorities.LOWER_FIRST);
        assertThat(sent(Urgency.NEXT, "{\"program_id\":\"p\",\"stream\":true,\"session_id\":1,\"messages\":[]}"))
                .isEqualTo(
                        "{\"priority\":1,\"stream_options\":{\"include_usage\":true},\"stream\":true,\"messages\":[]}");
    }

    @Test
    void theClientsOwnStaysAndAnEmptyBodyGetsNone() throws Exception {
        habits = new EngineHabits(false, Priorities.LOWER_FIRST);
        assertThat(sent(Urgency.LAST, "{\"messages\":[],\"priority\":-7}"))
                .isEqualTo("{\"messages\":[],\"priority\":-7}");
        assertThat(sent(Urgency.LAST, "{}")).isEqualTo("{}");
    }

    @Test
    void nobodyIsSentOneUnasked() throws Exception {
        for (EngineHabits silent : new EngineHabits[] {EngineHabits.PLAIN, EngineHabits.UNKNOWN}) {
            habits = silent;
            assertThat(sent(Urgency.LAST, "{\"messages\":[]}")).isEqualTo("{\"messages\":[]}");
        }
    }

    private String sent(Urgency urgency, String body) throws Exception {
        gate.urgency = urgency;
        try (Wire client = Wire.connect(proxy.address())) {
            client.send(GovernedTest.post("/v1/chat/completions", "", body));
            return engine.accept().read().content();
        }
    }
}
