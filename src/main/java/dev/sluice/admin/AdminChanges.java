package dev.sluice.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.CompletableFuture.completedFuture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.admission.AgentEnd;
import dev.sluice.config.Mode;
import dev.sluice.config.Reload;
import dev.sluice.telemetry.Telemetry;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The calls that change something. Each needs the token, must not come from a page of somebody else's, and leaves a line in
 * the audit log whatever comes of it. Thread-safe.
 */
final class AdminChanges {

    private static final long TIMEOUT_SECONDS = 2;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AdminSource source;
    private final AdminToken token;
    private final Telemetry telemetry;

    AdminChanges(AdminSource source, AdminToken token, Telemetry telemetry) {
        this.source = source;
        this.token = token;
        this.telemetry = telemetry;
    }

    /**
     * Does what the request asks for, within a bound.
     *
     * @param who the peer's address, for the audit log
     */
    CompletableFuture<Page> perform(Target target, FullHttpRequest request, String who) {
        String what = request.method().name() + " " + request.uri();
        Page refusal = refusal(request.headers());
        CompletableFuture<Page> done = refusal != null ? completedFuture(refusal) : change(target, request);
        return done.whenComplete((page, failure) -> telemetry.onAdminCall(who, what, outcome(page, failure)));
    }

    private CompletableFuture<Page> change(Target target, FullHttpRequest request) {
        return switch (target.kind()) {
            case MODE -> switchMode(request.content().toString(UTF_8));
            case RELOAD -> bounded(source.reload()).thenApply(AdminChanges::page);
            case DRAIN -> drain();
            default -> endAgent(target.agentId());
        };
    }

    private CompletableFuture<Page> drain() {
        source.drain();
        return completedFuture(
                Page.json(HttpResponseStatus.ACCEPTED, JSON.createObjectNode().put("draining", true)));
    }

    private static Page page(Reload reload) {
        ObjectNode body = JSON.createObjectNode();
        if (!reload.isValid()) {
            body.set("problems", JSON.valueToTree(reload.problems()));
            return Page.json(HttpResponseStatus.UNPROCESSABLE_ENTITY, body);
        }
        body.set("applied", JSON.valueToTree(reload.applied()));
        body.set("needsRestart", JSON.valueToTree(reload.needsRestart()));
        return Page.json(HttpResponseStatus.OK, body);
    }

    private CompletableFuture<Page> switchMode(String body) {
        Optional<Mode> wanted = mode(body);
        if (wanted.isEmpty()) {
            return completedFuture(Page.error(
                    HttpResponseStatus.BAD_REQUEST,
                    "mode: " + shortened(body) + " (expected: {\"mode\":\"enforce\"}, shadow or off)"));
        }
        Mode before = source.mode();
        return bounded(source.switchTo(wanted.get())).thenApply(now -> {
            telemetry.onMode(now);
            return Page.json(
                    HttpResponseStatus.OK,
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("mode", now.label())
                            .put("before", before.label()));
        });
    }

    private static Optional<Mode> mode(String body) {
        try {
            JsonNode mode = JSON.readTree(body).path("mode");
            return Arrays.stream(Mode.values())
                    .filter(each -> mode.isTextual() && each.label().equals(mode.textValue()))
                    .findFirst();
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    private CompletableFuture<Page> endAgent(String id) {
        return bounded(source.endAgent(id))
                .thenApply(end -> end == AgentEnd.UNKNOWN
                        ? AdminPages.unknownAgent(id)
                        : Page.json(
                                end == AgentEnd.NOW ? HttpResponseStatus.OK : HttpResponseStatus.ACCEPTED,
                                JsonNodeFactory.instance
                                        .objectNode()
                                        .put("id", id)
                                        .put("ends", end.label())));
    }

    private static <T> CompletableFuture<T> bounded(CompletableFuture<T> answer) {
        return answer.copy().orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** Why the request may not change anything; null if it may. */
    private @Nullable Page refusal(HttpHeaders fields) {
        if (!isOwnOrigin(fields)) {
            return Page.error(HttpResponseStatus.FORBIDDEN, "this call comes from a page of another origin");
        }
        if (!token.isConfigured()) {
            return Page.error(
                    HttpResponseStatus.FORBIDDEN,
                    "changes are off: set admin.tokenFile to a file that holds a token of your choice, restart, and send"
                            + " it as Authorization: Bearer TOKEN");
        }
        try {
            return token.isCarriedBy(fields.get(HttpHeaderNames.AUTHORIZATION))
                    ? null
                    : Page.error(
                                    HttpResponseStatus.UNAUTHORIZED,
                                    "the token of admin.tokenFile is needed: Authorization: Bearer TOKEN")
                            .with("www-authenticate", "Bearer realm=\"sluice\"");
        } catch (IOException e) {
            return Page.error(HttpResponseStatus.INTERNAL_SERVER_ERROR, String.valueOf(e.getMessage()));
        }
    }

    /** A browser tells the origin of every request that changes something; other programs tell none. */
    private static boolean isOwnOrigin(HttpHeaders fields) {
        String origin = fields.get(HttpHeaderNames.ORIGIN);
        String host = fields.get(HttpHeaderNames.HOST);
        return origin == null
                || origin.equalsIgnoreCase("http://" + host)
                // Behind a proxy that ends TLS.
                || origin.equalsIgnoreCase("https://" + host);
    }

    private static String outcome(@Nullable Page page, @Nullable Throwable failure) {
        return page == null
                ? "failed: " + failure
                : page.status().code() + " " + page.body().strip();
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
