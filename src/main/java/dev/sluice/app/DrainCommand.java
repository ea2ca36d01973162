package dev.sluice.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 1 << 16;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:9090",
            description = "The admin port (${DEFAULT-VALUE}).")
    private URI url;

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

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    @Override
    public Integer call() throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(delaySeconds);
        String token = Files.readString(tokenFile).strip();
        JsonNode answer = ask("/drain", token);
        if (!answer.path("draining").asBoolean()) {
            throw new IOException(
                    url + " does not drain: " + answer.path("error").asText("no Sluice"));
        }
        long startNanos = System.nanoTime();
        while (!ask("/ready", null).path("reason").asText().equals("drained")) {
            if (System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(withinSeconds)) {
                throw new IOException("steps still run after " + withinSeconds + " s (--within)");
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        spec.commandLine().getOut().println("drained");
        return CommandLine.ExitCode.OK;
    }

    /** @param token null for a page that is only read */
    private JsonNode ask(String path, @Nullable String token) throws IOException, InterruptedException {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(url.resolve(path)).timeout(PATIENCE);
            if (token != null) {
                request.header("Authorization", "Bearer " + token).POST(HttpRequest.BodyPublishers.noBody());
            }
            HttpResponse<InputStream> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                return JSON.readTree(body.readNBytes(MOST_BYTES));
            }
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "URL: " + url + " (expected: http://HOST:PORT of an admin port)", e);
        } catch (IOException e) {
            throw new IOException(url + " does not answer as expected (the admin port of a running Sluice)", e);
        }
    }
}
