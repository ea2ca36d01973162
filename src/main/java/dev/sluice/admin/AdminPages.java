package dev.sluice.admin;

import static java.util.concurrent.CompletableFuture.completedFuture;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.admission.Explanation;
import dev.sluice.admission.Snapshot;
import dev.sluice.telemetry.Telemetry;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The pages of the admin port. Thread-safe. */
final class AdminPages {

    /** The gate answers in well under a millisecond; a gate that does not must not hold the port's requests. */
    private static final long GATE_TIMEOUT_SECONDS = 2;

    private final AdminSource source;
    private final Telemetry telemetry;
    private @Nullable CompletableFuture<Page> livePage;

    AdminPages(AdminSource source, Telemetry telemetry) {
        this.source = source;
        this.telemetry = telemetry;
    }

    /**
     * A page, within a bound.
     *
     * @param loop where pages that need the gate are made: not on the gate's loop, which completes what they need
     */
    CompletableFuture<Page> get(Target target, Executor loop) {
        return switch (target.kind()) {
            case LIVE_PAGE -> livePage();
            case HEALTH -> completedFuture(Page.json(HttpResponseStatus.OK, object().put("status", "ok")));
            case READY -> completedFuture(ready());
            case METRICS -> snapshot(source.snapshot(0)).handleAsync((snapshot, failure) -> metrics(), loop);
            case ENGINE_METRICS ->
                snapshot(source.snapshot(0)).handleAsync((snapshot, failure) -> engineMetrics(), loop);
            case REPORT -> completedFuture(ReportPage.of(source));
            case STATE ->
                snapshot(source.snapshot())
                        .handleAsync((snapshot, failure) -> failure == null ? state(snapshot) : noGate(), loop);
            case AGENT ->
                bounded(source.explain(target.agentId()))
                        .handleAsync((found, failure) -> failure == null ? agent(target, found) : noGate(), loop);
            case EVENTS, MODE, RELOAD, DRAIN, NONE ->
                completedFuture(Page.error(HttpResponseStatus.NOT_FOUND, "no such page"));
        };
    }

    /** Made when it is first asked for, and not on an event loop. */
    private synchronized CompletableFuture<Page> livePage() {
        CompletableFuture<Page> page = livePage;
        if (page == null) {
            page = CompletableFuture.supplyAsync(LivePage::make);
            livePage = page;
        }
        return page;
    }

    static Page unknownAgent(String id) {
        return Page.json(
                HttpResponseStatus.NOT_FOUND,
                object().put("error", "no such agent").put("id", id));
    }

    private static Page agent(Target target, Optional<Explanation> found) {
        return found.map(explanation -> Page.json(HttpResponseStatus.OK, AgentPage.of(explanation)))
                .orElseGet(() -> unknownAgent(target.agentId()));
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
        return Page.text(Telemetry.CONTENT_TYPE, telemetry.scrape());
    }

    private Page engineMetrics() {
        return Page.text(Telemetry.CONTENT_TYPE, telemetry.scrapeEngine());
    }

    private Page state(Snapshot snapshot) {
        return Page.json(HttpResponseStatus.OK, StatePage.of(snapshot, source, telemetry.inFlight()));
    }

    private static Page noGate() {
        return Page.error(HttpResponseStatus.SERVICE_UNAVAILABLE, "the gate does not answer");
    }

    private CompletableFuture<Snapshot> snapshot(CompletableFuture<Snapshot> asked) {
        return bounded(asked).whenComplete((snapshot, failure) -> {
            if (failure == null) {
                telemetry.onSnapshot(snapshot);
            }
        });
    }

    private static <T> CompletableFuture<T> bounded(CompletableFuture<T> asked) {
        return asked.copy().orTimeout(GATE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
