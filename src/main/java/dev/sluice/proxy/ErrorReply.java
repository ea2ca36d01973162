package dev.sluice.proxy;

import dev.sluice.admission.ContextUse;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Refusal;
import dev.sluice.api.ErrorCode;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An answer of our own that says no: the one table from errors to statuses. Immutable.
 *
 * @param retryAfterMillis 1..60,000, or {@link #NO_RETRY} if the client is not told when to ask again
 */
record ErrorReply(HttpResponseStatus status, ErrorCode code, String message, int retryAfterMillis) {

    static final int NO_RETRY = 0;

    /** Larger values make one SDK faster and another give up. */
    private static final int MAX_RETRY_AFTER_MILLIS = 60_000;

    /** An engine that is down is starting or gone; asking again sooner only costs the client tries. */
    private static final int ENGINE_DOWN_RETRY_MILLIS = 5_000;

    /** A collection may find room. */
    private static final int MEMORY_RETRY_MILLIS = 5_000;

    private static final int SHORT_RETRY_MILLIS = 1_000;

    static ErrorReply of(ErrorCode code, String message) {
        return new ErrorReply(HttpResponseStatus.valueOf(code.status()), code, message, NO_RETRY);
    }

    /** What is told to whoever breaks the protocol. */
    static ErrorReply badRequest(HttpResponseStatus status, String message) {
        return new ErrorReply(status, ErrorCode.BAD_REQUEST, message, NO_RETRY);
    }

    /**
     * What a refused step is told.
     *
     * @param status 429 or 503, where it may ask again
     */
    static ErrorReply of(Refusal refusal, int status) {
        int millis = retryAfterMillis(refusal.retryAfterNanos());
        return switch (refusal.ending()) {
            case QUEUE_FULL ->
                new ErrorReply(
                        HttpResponseStatus.valueOf(status),
                        ErrorCode.QUEUE_FULL,
                        "the engine is busy and the queue in front of it is full",
                        millis);
            case WAIT_EXPIRED ->
                new ErrorReply(
                        HttpResponseStatus.valueOf(status),
                        ErrorCode.WAIT_EXPIRED,
                        "the engine was busy for longer than a request may wait",
                        millis);
            case RETRY_STORM ->
                new ErrorReply(
                        HttpResponseStatus.valueOf(status),
                        ErrorCode.RETRY_STORM,
                        "the same was asked too often within a minute",
                        millis);
            case CONTEXT_LIMIT -> of(ErrorCode.CONTEXT_LIMIT, tooLong(refusal.context()));
            case BUDGET_SPENT ->
                new ErrorReply(
                        HttpResponseStatus.TOO_MANY_REQUESTS,
                        ErrorCode.BUDGET_SPENT,
                        "the tenant has used up its tokens for now",
                        millis);
            case DRAINING,
                    COMPLETED,
                    ENGINE_REFUSED,
                    CLIENT_GONE_HELD,
                    CLIENT_GONE,
                    ENGINE_DOWN,
                    ENGINE_DIED,
                    ENGINE_SLOW -> draining(millis);
        };
    }

    /** In the words by which clients know that they have to shorten their history, of the one API and of the other. */
    private static String tooLong(@Nullable ContextUse use) {
        return use == null
                ? "prompt is too long"
                : "prompt is too long: %d tokens > %d maximum; this model's maximum context length is %d tokens here (%s)"
                        .formatted(use.tokens(), use.limitTokens(), use.limitTokens(), use.limit());
    }

    /** What the client is told when the engine failed before its answer began. */
    static ErrorReply engineFailed(Ending ending) {
        return switch (ending) {
            case ENGINE_DOWN ->
                new ErrorReply(
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        ErrorCode.ENGINE_DOWN,
                        "the engine cannot be reached",
                        ENGINE_DOWN_RETRY_MILLIS);
            case ENGINE_SLOW -> of(ErrorCode.ENGINE_SLOW, "the engine did not answer in time");
            default -> of(ErrorCode.ENGINE_DIED, "the engine closed the connection before it answered");
        };
    }

    /** Told in the stream alone. */
    static ErrorReply unfit() {
        return of(
                ErrorCode.ENGINE_DIED,
                "the engine's answer has another media type or content coding than the signs of life before it");
    }

    static ErrorReply draining(int retryAfterMillis) {
        return new ErrorReply(
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                ErrorCode.DRAINING,
                "the proxy is shutting down",
                retryAfterMillis);
    }

    static ErrorReply tooManyConnections() {
        return new ErrorReply(
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                ErrorCode.QUEUE_FULL,
                "too many connections are open",
                SHORT_RETRY_MILLIS);
    }

    static ErrorReply memoryShort() {
        return new ErrorReply(
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                ErrorCode.QUEUE_FULL,
                "the proxy is short of memory",
                MEMORY_RETRY_MILLIS);
    }

    static ErrorReply tooMuchToCollect(int status) {
        return new ErrorReply(
                HttpResponseStatus.valueOf(status),
                ErrorCode.QUEUE_FULL,
                "too many request bodies are being received at once",
                SHORT_RETRY_MILLIS);
    }

    void addFields(HttpHeaders fields) {
        fields.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        fields.set("Sluice-Reason", code.code());
        if (code == ErrorCode.UNAUTHORIZED) {
            fields.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"sluice\"");
        }
        if (retryAfterMillis != NO_RETRY) {
            fields.set(HttpHeaderNames.RETRY_AFTER, (retryAfterMillis + 999) / 1_000);
            fields.set("retry-after-ms", retryAfterMillis);
        }
    }

    private static int retryAfterMillis(long nanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        return (int) Math.max(1, Math.min(MAX_RETRY_AFTER_MILLIS, millis));
    }
}
