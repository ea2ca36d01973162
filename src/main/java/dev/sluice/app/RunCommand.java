package dev.sluice.app;

import ch.qos.logback.classic.LoggerContext;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.Problem;
import dev.sluice.config.SluiceConfig;
import dev.sluice.gate.ThreadLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run}: the proxy. */
@Command(name = RunCommand.NAME, description = "Runs the proxy in front of an engine.")
final class RunCommand implements Callable<Integer> {

    static final String NAME = "run";

    @Option(names = "--upstream", paramLabel = "URL", description = "The engine: http, https, or unix:/path.")
    private @Nullable String upstream;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description = "Where clients connect: HOST:PORT, or unix:/path (127.0.0.1:8080).")
    private @Nullable String listen;

    @Option(names = "--admin", paramLabel = "HOST:PORT", description = "Health, metrics, state (127.0.0.1:9090).")
    private @Nullable String admin;

    @Option(names = "--config", paramLabel = "FILE", description = "A YAML file; options win over it.")
    private @Nullable Path file;

    @Option(names = "--mode", paramLabel = "MODE", description = "enforce, shadow or off.")
    private @Nullable String mode;

    @Option(names = "--law", paramLabel = "NAME", description = "working-set, concur, static or off.")
    private @Nullable String law;

    @Option(names = "--pool-tokens", paramLabel = "N", description = "KV capacity; read from the engine if not given.")
    private @Nullable Long poolTokens;

    /**
     * Its command line if it is nothing but known options, each once and with a value; null if there is anything else, which is picocli's to
     * read or to refuse. A third of a start would go into picocli otherwise: its classes are of a format that no archive of
     * classes takes.
     */
    static @Nullable RunCommand ofPlain(String[] args) {
        if (args.length % 2 == 0 || !args[0].equals(NAME)) {
            return null;
        }
        RunCommand command = new RunCommand();
        Set<String> given = new HashSet<>();
        for (int i = 1; i < args.length; i += 2) {
            if (!given.add(args[i]) || !command.takes(args[i], args[i + 1])) {
                return null;
            }
        }
        return command;
    }

    private boolean takes(String name, String value) {
        if (value.isEmpty() || value.startsWith("-") || value.startsWith("@")) {
            return false;
        }
        switch (name) {
            case "--upstream" -> upstream = value;
            case "--listen" -> listen = value;
            case "--admin" -> admin = value;
            case "--config" -> file = Path.of(value);
            case "--mode" -> mode = value;
            case "--law" -> law = value;
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ConfigSource source = ConfigSource.of(file, settings(), System.getenv());
        ConfigReader.Result result = source.read();
        if (!result.isValid()) {
            for (Problem problem : result.problems()) {
                System.err.println(source.name() + ": " + problem);
            }
            return CommandLine.ExitCode.USAGE;
        }
        runUntilStopped(source, result);
        return CommandLine.ExitCode.OK;
    }

    /** The options that were given, by the keys that they stand for. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        put(settings, "upstream.url", upstream);
        put(settings, "listen", listen);
        put(settings, "admin.listen", admin);
        put(settings, "mode", mode);
        put(settings, "law.name", law);
        put(settings, "pool.tokens", poolTokens);
        return settings;
    }

    private static void put(Map<String, Object> settings, String key, @Nullable Object value) {
        if (value != null) {
            settings.put(key, value);
        }
    }

    private void runUntilStopped(ConfigSource source, ConfigReader.Result read)
            throws IOException, InterruptedException {
        // Stopped by whoever runs containers is a good end; an interrupt from the keyboard keeps its own status.
        Signals.on("TERM", () -> System.exit(CommandLine.ExitCode.OK));
        Sidecar sidecar = Sidecar.start(read.config());
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            sidecar.stop();
            stopLogging();
            stopped.countDown();
        }));
        // Not USR2, by which the JVM stops its threads.
        Signals.on("USR1", () -> sidecar.switchToNext().join());
        reloadFrom(source, read.config(), sidecar);
        System.out.println("sluice ready listen=" + sidecar.listening() + " admin=" + sidecar.adminAddress()
                + " upstream=" + sidecar.upstream());
        stopped.await();
    }

    /** Last of all: lines of the access log that still wait are written. */
    private static void stopLogging() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
            logs.stop();
        }
    }

    /** Also without a file: the files that the settings name, as that of tenants' keys, are read again with them. */
    static void reloadFrom(ConfigSource source, SluiceConfig atStart, Sidecar sidecar) {
        Reloader reloader = new Reloader(source, atStart, sidecar::configure, sidecar::onReload);
        ThreadLoop loop = new ThreadLoop("sluice-reload");
        sidecar.reloadBy(() -> reloader.reload("api"));
        if (source.file() != null) {
            FileWatch.start(source.file(), loop, () -> reloader.reload("file"));
        }
        Signals.on("HUP", () -> loop.execute(() -> reloader.reload("signal")));
    }
}
