package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.FaultPoints;
import dev.sluice.admission.AgentEnd;
import dev.sluice.admission.Arrival;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Place;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Snapshot;
import dev.sluice.agent.Fingerprint;
import dev.sluice.config.LimitsConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.UpstreamConfig;
import dev.sluice.control.EngineSignal;
import dev.sluice.gate.Gate;
import dev.sluice.gate.Permit;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A fault in Sluice at every point of the path at which it calls something else: the clock, the gate, its claim and its permit, the
 * observer, what is known of the engine, the heap. Wherever it comes, the client is not left waiting, the engine is not left working,
 * the permit is back, and the next client is served.
 */
@Timeout(120)
final class FaultPointsTest {

    /** More than any way through has. */
    private static final int MOST_POINTS = 200;

    private static final int MOST_TRIES = 200;

    /** No port that anybody is given who asks for any: one that was closed may be another test's a moment later. */
    private static final String NOBODY = "http://127.0.0.1:1";

    private static final String EVENT = chunk("data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n");
    private static final String STREAM_HEAD = Wire.head(
            "HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked", "Connection: close");
    private static final String STREAM = STREAM_HEAD + EVENT + chunk("data: [DONE]\n\n") + chunk("");
    private static final String JSON = "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"x\"}}]}";
    private static final String STEP = request("POST /v1/chat/completions", "{\"stream\":true}");
    private static final String CLEAN = request("GET /clean", "");

    /** What a client asks, and what the engine says before it closes. */
    private enum Way {
        STREAMED(
                request("POST /v1/chat/completions", "{\"stream\":true,\"stream_options\":{\"include_usage\":true}}"),
                STREAM),
        EDITED(STEP, STREAM),
        WHOLE(request("POST /v1/chat/completions", "{}"), answer("200 OK", JSON)),
        REFUSED_BY_ENGINE(STEP, answer("400 Bad Request", "{\"error\":\"no\"}")),
        ENGINE_CLOSES(STEP, ""),
        CUT_IN_A_CHUNK(STEP, STREAM_HEAD + EVENT + "20\r\ndata"),
        CUT_BETWEEN_EVENTS(STEP, STREAM_HEAD + EVENT),
        NOT_HTTP(STEP, "what?\r\n\r\n"),
        ENGINE_SILENT(request("POST /v1/chat/completions", "{}"), ""),
        ENGINE_SILENT_AMID_EVENTS(STEP, STREAM_HEAD + EVENT),
        ENGINE_DOWN(STEP, ""),
        CLIENT_LEAVES_THE_ENGINE(STEP, STREAM_HEAD + EVENT),
        CLIENT_LEAVES_THE_QUEUE(STEP, STREAM),
        HELD_AND_FORWARDED(STEP, STREAM),
        HELD_AND_REFUSED(STEP, STREAM),
        REFUSED_AT_ONCE(STEP, STREAM),
        NOT_JSON(request("POST /v1/chat/completions", "{"), STREAM),
        BAD_CHUNK(
                Wire.head("POST /v1/chat/completions HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") + "zz\r\n",
                STREAM),
        PASSED(request("GET /v1/models", ""), answer("200 OK", "{}")),
        PASSED_WITH_BODY(request("POST /tokenize", "{}"), answer("200 OK", "{}")),
        PASSED_AND_CUT(request("GET /v1/models", ""), Wire.head("HTTP/1.1 200 OK", "Content-Length: 5") + "ab"),
        PASSED_AND_SILENT(request("GET /v1/models", ""), ""),
        AGENT_RELEASED(request("POST /programs/release", "{\"program_id\":\"a\"}"), "");

        private final String request;
        private final String answer;

        Way(String request, String answer) {
            this.request = request;
            this.answer = answer;
        }

        boolean engineIsSilent() {
            return name().contains("SILENT");
        }

        Duration patience() {
            return engineIsSilent() ? Duration.ofMillis(20) : Duration.ofSeconds(100);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFaultLeavesNothingBehind(Way way) throws Exception {
        int point = 1;
        while (failsAt(way, point)) {
            assertThat(++point).isLessThan(MOST_POINTS);
        }
        assertThat(point).as("points at which a fault came").isGreaterThan(3);
    }

    /** Goes that way with a fault at that point. Returns false if it has no such point. */
    private static boolean failsAt(Way way, int point) throws Exception {
        FaultPoints faults = new FaultPoints(point);
        try (Engine engine = new Engine(way);
                RunningProxy proxy = new RunningProxy(
                        config(engine.url(), way.patience()), new FakeGate(), parts -> faulty(parts, way, faults))) {
            faults.arm();
            try (Wire client = proxy.client()) {
                goThrough(way, client);
            } catch (UncheckedIOException e) {
                throw new AssertionError("the client waits, after a fault at " + faults.where(), e);
            }
            engine.awaitLeft(faults.where());
            proxy.awaitLoop();
            faults.disarm();
            assertThat(clean(way, proxy))
                    .as("after a fault at " + faults.where())
                    .isEqualTo(way == Way.ENGINE_DOWN ? 503 : 200);
            return !faults.where().isEmpty();
        }
    }

    /** Status of a request without a fault. Where patience is short, a loaded machine may need it more than once. */
    private static int clean(Way way, RunningProxy proxy) {
        int status = proxy.client().send(CLEAN).read().status();
        for (int again = 1; status == 504 && way.engineIsSilent() && again < MOST_TRIES; again++) {
            status = proxy.client().send(CLEAN).read().status();
        }
        return status;
    }

    private static void goThrough(Way way, Wire client) {
        client.send(way.request);
        switch (way) {
            case CLIENT_LEAVES_THE_ENGINE -> {
                client.readPast("x\"}}]}");
                client.reset();
            }
            case CLIENT_LEAVES_THE_QUEUE -> {
                client.shutdownOutput();
                client.readUntilClosed();
            }
            default -> client.readUntilClosed();
        }
    }

    private static ProxyParts faulty(ProxyParts parts, Way way, FaultPoints faults) {
        return new ProxyParts(
                new FaultyGate((FakeGate) parts.gate(), way, faults),
                faults.of(ExchangeObserver.class, parts.observer()),
                parts.transport(),
                parts.loops(),
                () -> {
                    faults.pass("clock");
                    return System.nanoTime();
                },
                () -> {
                    faults.pass("habits");
                    return EngineHabits.PLAIN;
                },
                new Resources(
                        () -> {
                            faults.pass("heap");
                            return 0;
                        },
                        Integer.MAX_VALUE));
    }

    /** A gate that decides as the way says, and may fail once it has. */
    private static final class FaultyGate implements Gate {

        private final FakeGate gate;
        private final Way way;
        private final FaultPoints faults;

        FaultyGate(FakeGate gate, Way way, FaultPoints faults) {
            this.gate = gate;
            this.way = way;
            this.faults = faults;
            switch (way) {
                case CLIENT_LEAVES_THE_QUEUE, HELD_AND_FORWARDED, HELD_AND_REFUSED -> gate.holding();
                case REFUSED_AT_ONCE -> gate.refusing(Ending.QUEUE_FULL, 0);
                default -> {}
            }
        }

        @Override
        public Claim ask(Arrival arrival, Fingerprint print, Caller caller, Executor callerLoop) {
            Claim claim = gate.ask(arrival, print, new FaultyCaller(caller, faults), callerLoop);
            try {
                decide(gate.nextAsked());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            faults.pass("Gate.ask");
            return faults.of(Claim.class, claim);
        }

        private void decide(FakeGate.Asked asked) {
            switch (way) {
                case CLIENT_LEAVES_THE_QUEUE -> gate.tell(asked, FakeGate.PLACE);
                case HELD_AND_FORWARDED -> {
                    gate.tell(asked, FakeGate.PLACE);
                    gate.grant(asked);
                }
                case HELD_AND_REFUSED -> {
                    gate.tell(asked, FakeGate.PLACE);
                    gate.refuse(asked, new Refusal(Ending.QUEUE_FULL, 0));
                }
                default -> {}
            }
        }

        @Override
        public CompletableFuture<AgentEnd> endAgent(String agentId) {
            faults.pass("Gate.endAgent");
            return gate.endAgent(agentId);
        }

        @Override
        public void onSignal(EngineSignal signal) {
            gate.onSignal(signal);
        }

        @Override
        public void drain() {
            gate.drain();
        }

        @Override
        public CompletableFuture<Snapshot> snapshot() {
            return gate.snapshot();
        }
    }

    /** Hands on permits that may fail once they have done their work. */
    private record FaultyCaller(Gate.Caller caller, FaultPoints faults) implements Gate.Caller {

        @Override
        public void attributed(String agentId) {
            caller.attributed(agentId);
        }

        @Override
        public void held(Place place) {
            caller.held(place);
        }

        @Override
        public void forward(Permit permit) {
            caller.forward(faults.of(Permit.class, permit));
        }

        @Override
        public void refused(Refusal refusal) {
            caller.refused(refusal);
        }
    }

    /** Says the same to all but those who ask for what is clean, and then closes or, if it is silent, waits to be left. */
    private static final class Engine implements Closeable {

        private final Way way;
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Thread> serving = new CopyOnWriteArrayList<>();

        Engine(Way way) throws IOException {
            this.way = way;
            start(this::accept);
        }

        String url() {
            return way == Way.ENGINE_DOWN ? NOBODY : "http://127.0.0.1:" + listener.getLocalPort();
        }

        private static Thread start(Runnable work) {
            Thread thread = new Thread(work, "engine");
            thread.setDaemon(true);
            thread.start();
            return thread;
        }

        private void accept() {
            try {
                while (true) {
                    Socket taken = listener.accept();
                    serving.add(start(() -> serve(taken)));
                }
            } catch (IOException closed) {
                return;
            }
        }

        private void serve(Socket taken) {
            try (Socket socket = taken) {
                Wire wire = Wire.over(socket);
                Wire.Message request = wire.read();
                boolean isClean = request.firstLine().contains("/clean");
                wire.send(isClean ? answer("200 OK", "{}") : way.answer);
                if (!isClean && (way.engineIsSilent() || way == Way.CLIENT_LEAVES_THE_ENGINE)) {
                    wire.readUntilClosed();
                }
            } catch (IOException | UncheckedIOException left) {
                return;
            }
        }

        /** Waits until nobody is served any more. */
        void awaitLeft(String fault) throws InterruptedException {
            for (Thread each : serving) {
                each.join(20_000);
                assertThat(each.isAlive())
                        .as("the engine at work, after a fault at " + fault)
                        .isFalse();
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    private static SluiceConfig config(String url, Duration patience) {
        UpstreamConfig upstream =
                new UpstreamConfig(url, Duration.ofSeconds(2), Duration.ofSeconds(4), 8, patience, patience, patience);
        return RunningProxy.config("127.0.0.1:0", upstream, LimitsConfig.DEFAULT);
    }

    private static String request(String line, String body) {
        return Wire.head(line + " HTTP/1.1", "Host: a", "Connection: close", "Content-Length: " + body.length()) + body;
    }

    private static String answer(String status, String body) {
        return Wire.head(
                        "HTTP/1.1 " + status,
                        "Content-Type: application/json",
                        "Content-Length: " + body.length(),
                        "Connection: close")
                + body;
    }

    private static String chunk(String data) {
        return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
    }
}
