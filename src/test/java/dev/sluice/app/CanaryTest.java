package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Secrets and prompts go to the engine and nowhere else: not into logs at any level, pages, metrics, errors or the decision log. */
@Timeout(120)
final class CanaryTest {

    /** In whatever is said, this must not be. */
    private static final String CANARY = "canary-7f3a9";

    private static final String TOKEN = "admin-" + CANARY + "-token";
    private static final String ODD = "\\u001b[31m\\r\\nEvil: \\u0000\\\"'" + CANARY;

    @TempDir
    Path folder;

    private final List<String> logged = Collections.synchronizedList(new ArrayList<>());
    private final Logger root = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("ROOT");
    private final Logger netty = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("io.netty");
    private final Logger access = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("sluice.access");
    private final Level before = root.getLevel();
    private final Level nettyBefore = netty.getLevel();
    private final AppenderBase<ILoggingEvent> ear = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event.getFormattedMessage() + ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    };

    @BeforeEach
    void listenToEverything() {
        ear.setContext(root.getLoggerContext());
        ear.start();
        root.addAppender(ear);
        access.addAppender(ear);
        root.setLevel(Level.TRACE);
        netty.setLevel(Level.TRACE);
    }

    @AfterEach
    void stopListening() {
        root.setLevel(before);
        netty.setLevel(nettyBefore);
        root.detachAppender(ear);
        access.detachAppender(ear);
    }

    @Test
    void isSeenByNobody() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        Path key = Files.writeString(folder.resolve("key"), "key-" + CANARY);
        Path decisions = folder.resolve("decisions.jsonl");
        List<String> said = new ArrayList<>();
        try (RunningSluice sluice = new RunningSluice(
                100,
                Map.of(
                        "admin.tokenFile", token.toString(),
                        "upstream.apiKey", "file:" + key,
                        "tracing.headers", Map.of("Authorization", "file:" + key),
                        "decisions.file", decisions.toString()))) {
            for (String path : List.of("/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages")) {
                said.add(fieldsOf(post(sluice, path, prompt("true"))));
                said.add(fieldsOf(post(sluice, path, prompt("false"))));
            }
            // Errors of ours repeat nothing of what was sent.
            said.add(fieldsOf(post(sluice, "/v1/chat/completions", "{\"" + CANARY + "\":[")));
            said.add(
                    fieldsOf(post(sluice, "/v1/chat/completions", prompt("true").replace("true", CANARY))));
            said.add(whole(post(sluice, "/v1/chat/completions", "{}", "Sluice-Agent", CANARY.repeat(100))));
            said.add(whole(post(sluice, "/programs/release", "{\"" + CANARY + "\"")));
            sluice.awaitRest();
            String state = get(sluice.admin() + "/state");
            said.add(state);
            for (String id : state.split("\"id\":\"")) {
                said.add(get(sluice.admin() + "/agents/"
                        + id.substring(0, Math.min(26, id.length())).replaceAll("[^a-z0-9-].*", "")));
            }
            for (String page : List.of("/metrics", "/metrics/engine", "/report", "/ready", "/", "/no-such")) {
                said.add(get(sluice.admin() + page));
            }
            said.add(admin(sluice, "POST", "/mode", "{\"mode\":\"shadow\"}"));
            said.add(admin(sluice, "DELETE", "/agents/a-none", ""));
        }
        said.add(Files.readString(decisions));
        assertThat(logged).anyMatch(line -> line.contains("path=/v1/messages"));
        assertThat(logged).noneMatch(line -> line.contains(CANARY));
        assertThat(logged).noneMatch(line -> line.contains("\u001b"));
        assertThat(said).noneMatch(line -> line.contains(CANARY));
    }

    private static String prompt(String stream) {
        String text = "my secret is " + CANARY;
        return ("{'model':'emulated-tiny','stream':STREAM,'max_tokens':3,'max_output_tokens':3,'prompt':'TEXT','input':'TEXT',"
                        + "'user':'ODD','session_id':'ODD','metadata':{'user_id':'ODD'},'prompt_cache_key':'TEXT',"
                        + "'messages':[{'role':'user','content':'TEXT'}]}")
                .replace('\'', '"')
                .replace("STREAM", stream)
                .replace("TEXT", text)
                .replace("ODD", ODD);
    }

    private static HttpResponse<String> post(RunningSluice sluice, String path, String body) throws Exception {
        return post(sluice, path, body, "Cookie", "session=" + CANARY);
    }

    private static HttpResponse<String> post(RunningSluice sluice, String path, String body, String field, String value)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        sluice.base().resolve(path.startsWith("/v1") ? path + "?key=" + CANARY : path))
                .header("Authorization", "Bearer " + CANARY)
                .header("X-Api-Key", CANARY)
                .header(field, value)
                .header("X-Session-Id", "session-" + CANARY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** What the engine answers is its own affair; what Sluice adds stands in the fields. */
    private static String fieldsOf(HttpResponse<String> answer) {
        return answer.headers().map().toString();
    }

    private static String whole(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(400);
        return answer.headers().map() + answer.body();
    }

    private static String get(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static String admin(RunningSluice sluice, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(sluice.admin() + path))
                .header("Authorization", "Bearer " + TOKEN)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
