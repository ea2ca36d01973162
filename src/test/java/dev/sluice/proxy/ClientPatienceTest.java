package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Ending;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client may take its time, but not for ever, where the next move is its own; where it is not, it may wait as long as it likes. */
final class ClientPatienceTest {

    /** In frozen time. */
    @Nested
    final class Clockwork {

        private final EmbeddedChannel channel = new EmbeddedChannel();
        private final List<ClientPatience.Turn> passed = new ArrayList<>();
        private ClientPatience.Turn turn = ClientPatience.Turn.NONE;
        private long nowNanos;
        private final ClientPatience patience = new ClientPatience(
                new ClientEdge(channel.eventLoop(), channel::close),
                RunningProxy.impatientWithClients(Duration.ofSeconds(60), Duration.ofMinutes(10)),
                () -> nowNanos,
                () -> turn,
                passed::add);

        Clockwork() {
            channel.freezeTime();
            patience.start();
        }

        @AfterEach
        void close() {
            patience.stop();
            channel.close();
        }

        private void pass(long seconds) {
            for (long second = 0; second < seconds; second++) {
                nowNanos += TimeUnit.SECONDS.toNanos(1);
                channel.advanceTimeBy(1, TimeUnit.SECONDS);
                channel.runScheduledPendingTasks();
            }
        }

        @Test
        void whoHasNothingToDoMayWait() {
            pass(3_600);
            assertThat(passed).isEmpty();
        }

        @Test
        void whoSendsMustGoOnSending() {
            turn = ClientPatience.Turn.SEND;
            pass(50);
            patience.onMove();
            pass(59);
            assertThat(passed).isEmpty();
            pass(1);
            assertThat(passed).containsExactly(ClientPatience.Turn.SEND);
        }

        @Test
        void whoWaitedForLongStillHasAllItsTimeToSend() {
            pass(1_000);
            turn = ClientPatience.Turn.SEND;
            patience.onMove();
            pass(59);
            assertThat(passed).isEmpty();
        }

        @Test
        void whoReadsOrAsksMayTakeLonger() {
            turn = ClientPatience.Turn.READ;
            pass(300);
            turn = ClientPatience.Turn.ASK;
            pass(299);
            assertThat(passed).isEmpty();
            pass(1);
            assertThat(passed).containsExactly(ClientPatience.Turn.ASK);
        }

        @Test
        void afterTheStopNothingComes() {
            turn = ClientPatience.Turn.SEND;
            patience.stop();
            pass(1_000);
            assertThat(passed).isEmpty();
        }
    }

    /** Over real connections. */
    @Nested
    @Timeout(60)
    final class Connections {

        private static final Duration SILENCE = Duration.ofMillis(300);

        /** Longer than any test needs to send what it sends. */
        private static final Duration IDLE = Duration.ofSeconds(1);

        private final FakeEngine engine = FakeEngine.overTcp();
        private final FakeGate gate = new FakeGate();
        private final RunningProxy proxy = new RunningProxy(
                RunningProxy.upstream(engine.url()), RunningProxy.impatientWithClients(SILENCE, IDLE), gate);

        @AfterEach
        void close() {
            proxy.close();
            engine.close();
        }

        @Test
        void oneThatAsksNothingIsClosed() throws Exception {
            Wire client = proxy.client();
            assertThat(client.seesClose()).isTrue();
            assertThat(proxy.nextClientTimeout()).isEqualTo("ask");
        }

        @Test
        void aHeadThatDoesNotEndIsNotWaitedFor() throws Exception {
            proxy.client().send("GET / HTTP/1.1\r\nHost: ");
            assertThat(proxy.nextClientTimeout()).isEqualTo("send");
        }

        @Test
        void aGovernedBodyThatDoesNotEndIsNotWaitedFor() throws Exception {
            proxy.client().send("POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
            assertThat(proxy.nextClientTimeout()).isEqualTo("send");
            assertThat(proxy.nextRecord().status()).isZero();
        }

        @Test
        void theEngineIsToldThatABodyWillNotEnd() throws Exception {
            proxy.client().send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
            engine.accept().readUntilClosed();
            assertThat(proxy.nextClientTimeout()).isEqualTo("send");
        }

        @Test
        void anAnswerLeftUnreadFreesTheEngine() throws Exception {
            proxy.client().send(GovernedTest.post("/v1/completions", "", "{}"));
            Wire upstream = engine.accept();
            upstream.read();
            upstream.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n");
            upstream.sendUntilClosed("x".repeat(64 << 10));
            assertThat(proxy.nextClientTimeout()).isEqualTo("read");
            assertThat(gate.nextEnded().ending()).isEqualTo(Ending.CLIENT_GONE);
        }

        @Test
        void aStepThatIsHeldIsNotTheClientsTurn() throws Exception {
            gate.holding();
            Wire patient = proxy.client().send(GovernedTest.post("/v1/completions", "", "{}"));
            FakeGate.Asked asked = gate.nextAsked();
            // Longer than the patience: another client that came later is given up meanwhile.
            proxy.client();
            assertThat(proxy.nextClientTimeout()).isEqualTo("ask");
            gate.grant(asked);
            engine.accept().read();
            patient.close();
        }
    }
}
