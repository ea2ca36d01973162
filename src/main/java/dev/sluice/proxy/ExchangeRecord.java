package dev.sluice.proxy;

import dev.sluice.admission.Ending;
import dev.sluice.admission.Usage;
import dev.sluice.api.Route;
import org.jspecify.annotations.Nullable;

/**
 * One exchange, when it is over: what the access log and the meters are told. Holds no prompt, no credential and no
 * query string.
 *
 * @param method request method
 * @param path request path without its query, bounded in length
 * @param route the governed route, null for pass-through
 * @param status status sent to the client; 0 if none was
 * @param ending how the step ended; null for pass-through
 * @param agentId opaque id; empty for pass-through
 * @param requestBytes body bytes from the client
 * @param responseBytes body bytes to the client
 * @param waitedNanos held by us
 * @param firstByteNanos from arrival to the first byte of the answer; -1 if there was none
 * @param totalNanos from arrival to the end
 * @param usage what the answer told
 * @param tenant whose agent it is; empty if the gate was never asked
 * @param askedNanos from arrival to when the gate was asked; -1 if it never was
 * @param traceParent what the client sent as its W3C trace context; empty if nothing
 */
public record ExchangeRecord(
        String method,
        String path,
        @Nullable Route route,
        int status,
        @Nullable Ending ending,
        String agentId,
        long requestBytes,
        long responseBytes,
        long waitedNanos,
        long firstByteNanos,
        long totalNanos,
        Usage usage,
        String tenant,
        long askedNanos,
        String traceParent) {}
