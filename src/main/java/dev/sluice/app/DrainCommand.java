package dev.sluice.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code drain URL}: tells a running Sluice to take no new steps, and waits until the last one has ended. What a pod's preStop
 * hook runs: Kubernetes stops a sidecar only after the engine, so that a signal would come too late.
 */
@Command(name = "drain", description = "Tells a running Sluice to take no new steps, and waits for the last to end.")
final class DrainCommand implements Callable<Integer> {

    private static final long POLL_MILLIS = 200;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:9090",
            description = "The admin port (${DEFAULT-VALUE}).")
    private URI url;

    @Mixin
    private AdminAccess access = new AdminAccess();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            required = true,
            description = "Holds the token of admin.tokenFile.")
    private Path tokenFile;

    @Option(
            names = "--delay",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Waits so long first, until nobody sends new work any more (${DEFAULT-VALUE}).")
    private int delaySeconds;

    @Option(
            names = "--within",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description = "Gives up after so long (${DEFAULT-VALUE}).")
    private int withinSeconds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        AdminPort admin = access.open(url, spec);
        TimeUnit.SECONDS.sleep(delaySeconds);
        JsonNode answer = admin.post("/drain", Files.readString(tokenFile).strip());
        if (!answer.path("draining").asBoolean()) {
            throw new IOException(
                    url + " does not drain: " + answer.path("error").asText("no Sluice"));
        }
        long startNanos = System.nanoTime();
        while (!admin.get("/ready").path("reason").asText().equals("drained")) {
            if (System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(withinSeconds)) {
                throw new IOException("steps still run after " + withinSeconds + " s (--within)");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        spec.commandLine().getOut().println("drained");
        return CommandLine.ExitCode.OK;
    }
}
