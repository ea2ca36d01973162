package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.config.ConfigReader;
import dev.sluice.emulator.EmulatorServer;
import dev.sluice.emulator.Preset;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** The whole of Sluice in front of an embedded engine, both on free ports, seen through {@code /state}. */
final class RunningSluice implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final EmulatorServer engine;
    private final Sidecar sidecar;

    /** @param settings dotted keys that differ from the defaults */
    RunningSluice(double engineSpeed, Map<String, ?> settings) {
        try {
            engine = EmulatorServer.start(new EmulatorServer.Options("127.0.0.1", 0, Preset.TINY, engineSpeed, 1));
            Map<String, Object> all = new HashMap<>(settings);
            all.put("upstream.url", engine.uri().toString());
            all.put("listen", "127.0.0.1:0");
            all.put("admin.listen", "127.0.0.1:0");
            ConfigReader.Result result = ConfigReader.read("", all);
            assertThat(result.problems()).isEmpty();
            sidecar = Sidecar.start(result.config());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Sidecar sidecar() {
        return sidecar;
    }

    EmulatorServer engine() {
        return engine;
    }

    /** Where clients connect, without {@code /v1}. */
    URI base() {
        return URI.create("http://127.0.0.1:" + sidecar.listen().getPort());
    }

    /** The admin port. */
    String admin() {
        return "http://" + sidecar.adminAddress();
    }

    /** Waits until nothing runs and nothing waits, by the proxy's count and by the gate's. */
    JsonNode awaitRest() {
        return await(
                "everything is at rest",
                state -> state.path("permits").asInt(-1) == 0
                        && state.path("inFlight").asInt(-1) == 0
                        && state.at("/agents/running").asInt(-1) == 0
                        && state.at("/agents/waiting").asInt(-1) == 0
                        && state.at("/queue/size").asInt(-1) == 0
                        && state.at("/queue/bytes").asLong(-1) == 0);
    }

    JsonNode await(String what, Predicate<JsonNode> condition) {
        long startNanos = System.nanoTime();
        JsonNode state = state();
        while (!condition.test(state)) {
            assertThat(System.nanoTime() - startNanos).as(what + ": " + state).isLessThan(DEADLINE.toNanos());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            state = state();
        }
        return state;
    }

    JsonNode state() {
        try (InputStream in = URI.create("http://" + sidecar.adminAddress() + "/state")
                .toURL()
                .openStream()) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        sidecar.close();
        engine.close();
    }
}
