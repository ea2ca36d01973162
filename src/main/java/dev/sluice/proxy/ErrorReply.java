package dev.sluice.proxy;

import dev.sluice.admission.ContextUse;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Refusal;
import dev.sluice.api.ErrorCode;
import dev.sluice.config.QueueConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An answer of our own that says no: the one table from errors to statuses. Immutable.
 *
 * @param retryAfterSeconds 1..60, or {@link #NO_RETRY} if the client is not told when to ask again
 */
record ErrorReply(HttpResponseStatus status, ErrorCode code, String message, int retryAfterSeconds) {

    static final int NO_RETRY = 0;

    /** Larger values make one SDK faster and another give up. */
    private static final int MAX_RETRY_AFTER_SECONDS = 60;

    /** An engine that is down is starting or gone; asking again sooner only costs the client tries. */
    private static final int ENGINE_DOWN_RETRY_SECONDS = 5;

    static ErrorReply of(ErrorCode code, String message) {
        return new ErrorReply(HttpResponseStatus.valueOf(code.status()), code, message, NO_RETRY);
    }

    /** What is told to whoever breaks the protocol. */
    static ErrorReply badRequest(HttpResponseStatus status, String message) {
        return new ErrorReply(status, ErrorCode.BAD_REQUEST, message, NO_RETRY);
    }

    /** What a refused step is told. */
    static ErrorReply of(Refusal refusal, QueueConfig queue) {
        int seconds = retryAfterSeconds(refusal.retryAfterNanos());
        return switch (refusal.ending()) {
            case QUEUE_FULL ->
                new ErrorReply(
                        HttpResponseStatus.valueOf(queue.refusalStatus()),
                        ErrorCode.QUEUE_FULL,
                        "the engine is busy and the queue in front of it is full",
                        seconds);
            case WAIT_EXPIRED ->
                new ErrorReply(
                        HttpResponseStatus.valueOf(queue.refusalStatus()),
                        ErrorCode.WAIT_EXPIRED,
                        "the engine was busy for longer than a request may wait",
                        seconds);
            case CONTEXT_LIMIT -> of(ErrorCode.CONTEXT_LIMIT, tooLong(refusal.context()));
            case BUDGET_SPENT ->
                new ErrorReply(
                        HttpResponseStatus.TOO_MANY_REQUESTS,
                        ErrorCode.BUDGET_SPENT,
                        "the tenant has used up its tokens for now",
                        seconds);
            case DRAINING,
                    COMPLETED,
                    ENGINE_REFUSED,
                    CLIENT_GONE_HELD,
                    CLIENT_GONE,
                    ENGINE_DOWN,
                    ENGINE_DIED,
                    ENGINE_SLOW -> draining(seconds);
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
                        ENGINE_DOWN_RETRY_SECONDS);
            case ENGINE_SLOW -> of(ErrorCode.ENGINE_SLOW, "the engine did not answer in time");
            default -> of(ErrorCode.ENGINE_DIED, "the engine closed the connection before it answered");
        };
    }

    static ErrorReply draining(int retryAfterSeconds) {
        return new ErrorReply(
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                ErrorCode.DRAINING,
                "the proxy is shutting down",
                retryAfterSeconds);
    }

    static ErrorReply tooManyConnections() {
        return new ErrorReply(
                HttpResponseStatus.SERVICE_UNAVAILABLE, ErrorCode.QUEUE_FULL, "too many connections are open", 1);
    }

    static ErrorReply memoryShort() {
        return new ErrorReply(
                HttpResponseStatus.SERVICE_UNAVAILABLE, ErrorCode.QUEUE_FULL, "the proxy is short of memory", 5);
    }

    static ErrorReply tooMuchToCollect(QueueConfig queue) {
        return new ErrorReply(
                HttpResponseStatus.valueOf(queue.refusalStatus()),
                ErrorCode.QUEUE_FULL,
                "too many request bodies are being received at once",
                1);
    }

    void addFields(HttpHeaders fields) {
        fields.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        fields.set("Sluice-Reason", code.code());
        if (code == ErrorCode.UNAUTHORIZED) {
            fields.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"sluice\"");
        }
        if (retryAfterSeconds != NO_RETRY) {
            fields.set(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds);
        }
    }

    private static int retryAfterSeconds(long nanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos + TimeUnit.SECONDS.toNanos(1) - 1);
        return (int) Math.max(1, Math.min(MAX_RETRY_AFTER_SECONDS, seconds));
    }
}
