package dev.sluice.proxy;

import dev.sluice.admission.Place;
import dev.sluice.api.ErrorBody;
import dev.sluice.api.ErrorCode;
import dev.sluice.api.ErrorEvent;
import dev.sluice.api.Route;
import dev.sluice.config.ClientFamily;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An answer that begins before the engine's does, so that its client does not give up: its head, signs of life, and how an
 * error is told within it. Immutable.
 */
final class EarlyAnswer {

    /** What a sign of life is. */
    private enum Sign {
        COMMENT,
        /** The no-op event of {@code /v1/responses}: a comment does not count for Codex. */
        IN_PROGRESS,
        BLANK
    }

    private static final String IN_PROGRESS = "event: response.in_progress\ndata: {\"type\":\"response.in_progress\","
            + "\"sequence_number\":0,\"response\":{\"id\":\"resp_held\",\"object\":\"response\",\"created_at\":0,"
            + "\"status\":\"in_progress\",\"model\":\"\",\"output\":[]}}\n\n";

    private final Route route;
    private final Sign sign;

    private EarlyAnswer(Route route, Sign sign) {
        this.route = route;
        this.sign = sign;
    }

    static EarlyAnswer of(Route route, boolean streamed, ClientFamily family) {
        if (!streamed) {
            return new EarlyAnswer(route, Sign.BLANK);
        }
        boolean isCodex = route == Route.RESPONSES && family == ClientFamily.CODEX;
        return new EarlyAnswer(route, isCodex ? Sign.IN_PROGRESS : Sign.COMMENT);
    }

    HttpResponse head() {
        HttpResponse head =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, HopByHop.emptyFields());
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, sign == Sign.BLANK ? mediaType() : mediaType() + "; charset=utf-8")
                .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                // For a proxy in front of us that would keep signs of life to itself.
                .set("X-Accel-Buffering", "no");
        return head;
    }

    /** Whether an answer of the engine with these fields is what the head said that would come. */
    boolean fits(HttpHeaders fields) {
        String type = fields.get(HttpHeaderNames.CONTENT_TYPE, mediaType());
        String coding = fields.get(HttpHeaderNames.CONTENT_ENCODING, "identity");
        return mediaType()
                        .contentEquals(
                                HttpUtil.getMimeType(type).toString().strip().toLowerCase(Locale.ROOT))
                && coding.equalsIgnoreCase("identity");
    }

    private String mediaType() {
        return sign == Sign.BLANK ? "application/json" : "text/event-stream";
    }

    /**
     * The next sign of life; the caller owns it.
     *
     * @param place where the step waits; null once the engine has it
     */
    ByteBuf sign(@Nullable Place place) {
        return bytes(
                switch (sign) {
                    case COMMENT -> place == null ? ": the engine works on it\n\n" : comment(place);
                    case IN_PROGRESS -> IN_PROGRESS;
                    case BLANK -> "\n";
                });
    }

    private static String comment(Place place) {
        String wait = place.estimateNanos() < 0
                ? ""
                : String.format(Locale.ROOT, ", about %.0f s", place.estimateNanos() / 1e9);
        return ": waiting, place %d of %d%s, %s\n\n"
                .formatted(place.position(), place.of(), wait, place.reason().label());
    }

    /** An error of our own; the caller owns it. */
    ByteBuf error(ErrorCode code, String message) {
        return Unpooled.wrappedBuffer(
                sign == Sign.BLANK ? ErrorBody.of(route, code, message) : ErrorEvent.of(route, code, message));
    }

    /** An error that the engine answered instead; the caller owns it. */
    ByteBuf engineError(int status, byte[] body) {
        return Unpooled.wrappedBuffer(sign == Sign.BLANK ? body : ErrorEvent.of(route, status, body));
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.US_ASCII));
    }
}
