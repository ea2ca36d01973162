package dev.sluice.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.config.ConfigReader;
import dev.sluice.emulator.EmulatorServer;
import dev.sluice.emulator.Preset;
import dev.sluice.simulate.AgentScript;
import dev.sluice.simulate.AgentShape;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo}: the same agents straight at the embedded engine, then through Sluice, side by side. */
@Command(
        name = "demo",
        description =
                "Shows agents thrash an engine without Sluice and flow with it: all in this process, on loopback.")
final class DemoCommand implements Callable<Integer> {

    /** Grown, they are about twice what the pool holds. Few and large: what the engine does outweighs what the host costs. */
    private static final AgentShape SHAPE = new AgentShape(6, 256, 3_000, 120, 8, 0.1, 0.6);

    private static final int AGENTS = 8;

    /** Runs before the first side, so that it does not pay for a cold JVM. */
    private static final AgentShape WARM_UP = new AgentShape(2, 64, 200, 50, 4, 0.05, 0.1);

    private static final int WARM_UP_AGENTS = 4;

    /** So that connections outlive the longest pause and the comparison is about the cache alone. */
    private static final Duration KEEP_ALIVE = Duration.ofMinutes(2);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of agents and answers (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the table there, too.")
    private @Nullable Path json;

    @Option(names = "--keep", description = "Leaves engine and proxy running and prints the base URL.")
    private boolean keep;

    @Override
    public Integer call() throws IOException, InterruptedException {
        logFrom(Level.WARN); // the table is what people look for, not a line for each request
        PrintWriter out = spec.commandLine().getOut();
        List<AgentScript> scripts = SHAPE.atOnce(AGENTS, seed);
        Preset preset = Preset.TINY;
        DemoTable.printIntroduction(out, scripts, preset);
        try (EmulatorServer engine = startEngine(preset);
                Sidecar sidecar = startSidecar(engine)) {
            new DemoArm("warm-up", engine, preset, out)
                    .run(WARM_UP.atOnce(WARM_UP_AGENTS, seed), base(sidecar), sidecar);
        }
        DemoArm.Result direct;
        try (EmulatorServer engine = startEngine(preset)) {
            direct = new DemoArm("direct", engine, preset, out).run(scripts, engine.uri(), null);
        }
        try (EmulatorServer engine = startEngine(preset);
                Sidecar sidecar = startSidecar(engine)) {
            URI base = base(sidecar);
            DemoArm.Result sluice = new DemoArm("sluice", engine, preset, out).run(scripts, base, sidecar);
            DemoTable table = new DemoTable(direct, sluice);
            table.print(out);
            if (json != null) {
                write(json, table.json());
            }
            if (keep) {
                logFrom(Level.INFO);
                out.println();
                out.println("Running on. Base URL for a client: " + base + "/v1   model: " + preset.model());
                out.println("State: http://" + sidecar.adminAddress() + "/state   Ctrl-C ends it.");
                out.flush();
                new CountDownLatch(1).await();
            }
        }
        return CommandLine.ExitCode.OK;
    }

    /** For commands whose output is a table. */
    static void logNothingBelowWarnings() {
        logFrom(Level.WARN);
    }

    private static void logFrom(Level level) {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(level);
    }

    private EmulatorServer startEngine(Preset preset) throws IOException {
        return EmulatorServer.start(
                new EmulatorServer.Options("127.0.0.1", 0, preset, 1, seed).withKeepAlive(KEEP_ALIVE));
    }

    private static Sidecar startSidecar(EmulatorServer engine) throws IOException {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("upstream.url", engine.uri().toString());
        settings.put("listen", "127.0.0.1:0");
        settings.put("admin.listen", "127.0.0.1:0");
        // A few agents: no machine is to be warned that it is too small for more.
        settings.put("limits.connections", 100);
        settings.put("limits.collectingBytes", "32MiB");
        settings.put("queue.maxBytes", "32MiB");
        return Sidecar.start(ConfigReader.read("", settings).config());
    }

    private static URI base(Sidecar sidecar) {
        return URI.create("http://127.0.0.1:" + sidecar.listen().getPort());
    }

    private static void write(Path file, Map<String, ?> table) throws IOException {
        Files.writeString(
                file, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(table) + "\n");
    }
}
