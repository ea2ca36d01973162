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
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** The admin port of a running Sluice, asked for JSON. Each answer has a bound in bytes and in time. */
final class AdminPort {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 8 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final URI url;
    private final HttpClient client;

    /**
     * Asks nothing yet.
     *
     * @throws IllegalArgumentException if nothing can be asked there
     */
    AdminPort(URI url, SSLContext tls) {
        this.url = url;
        this.client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).sslContext(tls).build();
        request("/");
    }

    /**
     * A page.
     *
     * @param mark a field that every such page has, and no other
     * @throws IOException with one line for people, also if it is another page
     */
    JsonNode page(String path, String mark) throws IOException, InterruptedException {
        JsonNode page = get(path);
        if (!page.has(mark)) {
            throw new IOException(url + " answered: " + page.path("error").asText("no such page of Sluice"));
        }
        return page;
    }

    /** A page, whatever its status. */
    JsonNode get(String path) throws IOException, InterruptedException {
        return ask(request(path));
    }

    /** A change. */
    JsonNode post(String path, String token) throws IOException, InterruptedException {
        return ask(request(path).header("Authorization", "Bearer " + token).POST(HttpRequest.BodyPublishers.noBody()));
    }

    private HttpRequest.Builder request(String path) {
        try {
            return HttpRequest.newBuilder(url.resolve(path)).timeout(PATIENCE);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "URL: " + url + " (expected: http://HOST:PORT or https://HOST:PORT of an admin port)", e);
        }
    }

    private JsonNode ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        try {
            HttpResponse<InputStream> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                return JSON.readTree(body.readNBytes(MOST_BYTES));
            }
        } catch (JsonProcessingException e) {
            throw new IOException(url + " answered no JSON (expected: the admin port of a running Sluice)", e);
        } catch (SSLException e) {
            String expected = "a certificate that --authorities have signed, and --certificate if it asks for one";
            throw new IOException(url + " cannot be trusted: " + e.getMessage() + " (expected: " + expected + ")", e);
        } catch (IOException e) {
            throw new IOException(url + " does not answer (expected: the admin port of a running Sluice)", e);
        }
    }
}
