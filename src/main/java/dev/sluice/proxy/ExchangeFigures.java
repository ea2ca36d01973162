package dev.sluice.proxy;

import dev.sluice.admission.Ending;
import dev.sluice.admission.Usage;
import dev.sluice.api.Route;
import io.netty.handler.codec.http.HttpRequest;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What is counted of one exchange until its {@link ExchangeRecord} is made. Confined to one event loop. */
final class ExchangeFigures {

    private static final int MAX_PATH_CHARS = 256;

    private final LongSupplier nanoClock;
    private final long arrivedNanos;
    private final String method;
    private final String path;

    private long requestBytes;
    private long responseBytes;
    private int status;
    private long firstByteNanos = -1;
    private String tenant = "";
    private long askedNanos = -1;
    private final String traceParent;

    ExchangeFigures(HttpRequest request, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.arrivedNanos = nanoClock.getAsLong();
        this.method = request.method().name();
        this.path = pathOf(request.uri());
        this.traceParent = request.headers().get("traceparent", "");
    }

    /** The gate is asked now, for that tenant. */
    void asks(String whose) {
        tenant = whose;
        askedNanos = sinceArrivalNanos();
    }

    void countRequest(int bytes) {
        requestBytes += bytes;
    }

    void countResponse(int bytes) {
        responseBytes += bytes;
    }

    void responseBegins(int sentStatus) {
        status = sentStatus;
        firstByteNanos = sinceArrivalNanos();
    }

    int status() {
        return status;
    }

    long sinceArrivalNanos() {
        return nanoClock.getAsLong() - arrivedNanos;
    }

    ExchangeRecord passedThrough() {
        return unasked(null);
    }

    /** Refused before anybody asked whose it is; {@code route} is the governed one, or null. */
    ExchangeRecord unasked(@Nullable Route route) {
        return record(route, null, "", 0, Usage.NONE);
    }

    ExchangeRecord governed(Route route, @Nullable Ending ending, String agentId, long waitedNanos, Usage usage) {
        return record(route, ending, agentId, waitedNanos, usage);
    }

    private ExchangeRecord record(
            @Nullable Route route, @Nullable Ending ending, String agentId, long waitedNanos, Usage usage) {
        return new ExchangeRecord(
                method,
                path,
                route,
                status,
                ending,
                agentId,
                requestBytes,
                responseBytes,
                waitedNanos,
                firstByteNanos,
                sinceArrivalNanos(),
                usage,
                tenant,
                askedNanos,
                traceParent);
    }

    private static String pathOf(String target) {
        int query = target.indexOf('?');
        int end = Math.min(query < 0 ? target.length() : query, MAX_PATH_CHARS);
        return target.substring(0, end);
    }
}
