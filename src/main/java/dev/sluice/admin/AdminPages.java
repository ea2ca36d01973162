package dev.sluice.admin;

import static java.util.concurrent.CompletableFuture.completedFuture;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.admission.Snapshot;
import dev.sluice.telemetry.Telemetry;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The pages of the admin port. Thread-safe. */
final class AdminPages {

    /** The gate answers in well under a millisecond; a gate that does not must not hold the port's requests. */
    private static final long SNAPSHOT_TIMEOUT_SECONDS = 2;

    private final AdminSource source;
    private final Telemetry telemetry;

    AdminPages(AdminSource source, Telemetry telemetry) {
        this.source = source;
        this.telemetry = telemetry;
    }

    static boolean isPage(String path) {
        return switch (path) {
            case "/health", "/ready", "/metrics", "/state" -> true;
            default -> false;
        };
    }

    /**
     * A page, within a bound.
     *
     * @param loop where pages that need a snapshot are made: not on the gate's loop, which completes it
     */
    CompletableFuture<Page> get(String path, Executor loop) {
        return switch (path) {
            case "/health" -> completedFuture(Page.json(HttpResponseStatus.OK, object().put("status", "ok")));
            case "/ready" -> completedFuture(ready());
            case "/metrics" -> snapshot().handleAsync((snapshot, failure) -> metrics(), loop);
            case "/state" ->
                snapshot().handleAsync((snapshot, failure) -> failure == null ? state(snapshot) : noState(), loop);
            default -> completedFuture(Page.error(HttpResponseStatus.NOT_FOUND, "no such page"));
        };
    }

    private Page ready() {
        AdminSource.Readiness readiness = source.readiness();
        return readiness.isReady()
                ? Page.json(HttpResponseStatus.OK, object().put("ready", true))
                : Page.json(
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        object().put("ready", false).put("reason", readiness.reason()));
    }

    /** Without a snapshot the gauges tell of the last one; the counters are as good as ever. */
    private Page metrics() {
        return new Page(HttpResponseStatus.OK, Telemetry.CONTENT_TYPE, telemetry.scrape());
    }

    private Page state(Snapshot snapshot) {
        return Page.json(HttpResponseStatus.OK, StatePage.of(snapshot, source, telemetry.inFlight()));
    }

    private static Page noState() {
        return Page.error(HttpResponseStatus.SERVICE_UNAVAILABLE, "the gate does not answer");
    }

    private CompletableFuture<Snapshot> snapshot() {
        return source.snapshot()
                .copy()
                .orTimeout(SNAPSHOT_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .whenComplete((snapshot, failure) -> {
                    if (failure == null) {
                        telemetry.onSnapshot(snapshot);
                    }
                });
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
