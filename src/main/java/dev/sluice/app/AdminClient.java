package dev.sluice.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Asks a running Sluice for one page of its admin port, for commands that show it. Thread-safe. */
final class AdminClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 8 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String path;
    private final String mark;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    /**
     * Of that page.
     *
     * @param mark a field that every such page has, and no other
     */
    AdminClient(String path, String mark) {
        this.path = path;
        this.mark = mark;
    }

    /**
     * The page as it is now.
     *
     * @param command to whom a wrong URL is wrong usage
     * @throws IOException with one line for people
     */
    JsonNode get(URI url, CommandSpec command) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer;
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(url.resolve(path)).timeout(PATIENCE).build();
            answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    "URL: " + url + " (expected: http://HOST:PORT or https://HOST:PORT of an admin port)",
                    e);
        } catch (IOException e) {
            throw new IOException(url + " does not answer (expected: the admin port of a running Sluice)", e);
        }
        try (InputStream body = answer.body()) {
            JsonNode page = JSON.readTree(body.readNBytes(MOST_BYTES));
            if (answer.statusCode() != 200 || !page.has(mark)) {
                String told = page.path("error").asText("no such page of Sluice");
                throw new IOException(url + " answered " + answer.statusCode() + ": " + told);
            }
            return page;
        } catch (JsonProcessingException e) {
            throw new IOException(url + " answered no JSON (expected: the admin port of a running Sluice)", e);
        }
    }
}
