package dev.sluice.app;

import dev.sluice.config.HostPort;
import dev.sluice.emulator.EmulatorServer;
import dev.sluice.emulator.Preset;
import dev.sluice.emulator.Script;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code emulate}: the embedded engine alone, as a server. */
@Command(name = "emulate", description = "Runs the embedded engine, tiny if no other is named, as a server.")
final class EmulateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8000",
            description = "Where (${DEFAULT-VALUE}).")
    private String listen = "";

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(
            names = "--speed",
            paramLabel = "X",
            defaultValue = "1",
            description = "Engine seconds in a real one (${DEFAULT-VALUE}).")
    private double speed;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of its answers (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--script", paramLabel = "FILE", description = "Answers written beforehand, see docs/emulator.md.")
    private @Nullable Path script;

    @Override
    public Integer call() throws IOException, InterruptedException {
        EmulatorServer.Options options = options();
        try (EmulatorServer server = EmulatorServer.start(options)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("emulator ready url=" + server.uri() + " model="
                    + options.preset().model());
            out.flush();
            new CountDownLatch(1).await();
        }
        return CommandLine.ExitCode.OK;
    }

    private EmulatorServer.Options options() throws IOException {
        try {
            HostPort address = HostPort.parse(listen);
            EmulatorServer.Options options =
                    new EmulatorServer.Options(address.host(), address.port(), engine.engine(Preset.TINY), speed, seed);
            return script == null ? options : options.withScript(Script.parse(Files.readString(script)));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
