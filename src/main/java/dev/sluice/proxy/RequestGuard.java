package dev.sluice.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request head must say before anything is done with it (RFC 9110 §10.1.1, RFC 9112 §§3.2, 6): one host, one framing,
 * nothing that we do not offer. Whoever fails is answered and disconnected, since where its next request begins is in doubt.
 */
final class RequestGuard {

    private RequestGuard() {}

    /** The answer for a head that may not go on; null if it may. */
    static @Nullable ErrorReply check(HttpRequest head) {
        if (head.method().equals(HttpMethod.CONNECT)) {
            return ErrorReply.badRequest(HttpResponseStatus.NOT_IMPLEMENTED, "CONNECT is not offered");
        }
        if (forwardsLeft(head) == 0) {
            return ErrorReply.badRequest(
                    HttpResponseStatus.NOT_IMPLEMENTED, head.method() + " is not offered, and may not be forwarded");
        }
        if (!RequestTarget.isValid(head.uri(), head.method().equals(HttpMethod.OPTIONS))) {
            return bad("the request target is not valid");
        }
        if (head.headers().contains(HttpHeaderNames.EXPECT) && !expectsContinueOnly(head.headers())) {
            return ErrorReply.badRequest(
                    HttpResponseStatus.EXPECTATION_FAILED, "the only expectation known is 100-continue");
        }
        HttpVersion version = head.protocolVersion();
        ErrorReply host = checkHost(head.headers(), version);
        return host != null ? host : checkFraming(head.headers(), version);
    }

    /**
     * The length of the body that a head announces; 0 if it announces none. Not {@code HttpUtil.getContentLength}: that one
     * sees a body where an old WebSocket draft had one.
     */
    static long announcedLength(HttpMessage head) {
        String length = head.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    /** How often that request may still be forwarded (RFC 9110 §7.6.2); negative if that is not bounded. */
    static long forwardsLeft(HttpRequest head) {
        boolean mayBeBounded =
                head.method().equals(HttpMethod.OPTIONS) || head.method().equals(HttpMethod.TRACE);
        String left = mayBeBounded ? head.headers().get(HttpHeaderNames.MAX_FORWARDS) : null;
        return left != null && isNumber(left) ? Long.parseLong(left) : -1;
    }

    /**
     * Trailer fields as they came.
     *
     * @throws MalformedException if they frame the message, which is framed already
     */
    static HttpHeaders checkTrailers(HttpHeaders trailers) throws MalformedException {
        if (trailers.contains(HttpHeaderNames.CONTENT_LENGTH) || trailers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            throw MalformedException.of("a trailer may not frame the message");
        }
        return trailers;
    }

    private static boolean expectsContinueOnly(HttpHeaders fields) {
        return fields.getAll(HttpHeaderNames.EXPECT).stream().allMatch("100-continue"::equalsIgnoreCase);
    }

    private static @Nullable ErrorReply checkHost(HttpHeaders fields, HttpVersion version) {
        List<String> hosts = fields.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && version.equals(HttpVersion.HTTP_1_1))) {
            return bad("exactly one Host field is needed, found " + hosts.size());
        }
        return hosts.isEmpty() || RequestTarget.isHost(hosts.get(0)) ? null : bad("the Host field is not valid");
    }

    /** The answer for fields that frame a message in two ways or in none that we know; null if they do not. */
    static @Nullable ErrorReply checkFraming(HttpHeaders fields, HttpVersion version) {
        List<String> lengths = fields.getAll(HttpHeaderNames.CONTENT_LENGTH);
        List<String> codings = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return lengths.isEmpty() || (lengths.size() == 1 && isNumber(lengths.get(0)))
                    ? null
                    : bad("Content-Length is not one number");
        }
        if (!lengths.isEmpty()) {
            return bad("Content-Length and Transfer-Encoding exclude each other");
        }
        if (version.equals(HttpVersion.HTTP_1_0)) {
            return bad("HTTP/1.0 has no Transfer-Encoding");
        }
        return checkCodings(String.join(",", codings).split(",", -1));
    }

    /** Without {@code chunked} as the last, the end cannot be told, whatever the others are (RFC 9112 §6.3). */
    private static @Nullable ErrorReply checkCodings(String[] codings) {
        for (int i = 0; i < codings.length; i++) {
            boolean isLast = i == codings.length - 1;
            if (isLast != codings[i].strip().equalsIgnoreCase("chunked")) {
                return bad("the last transfer coding, and only that, has to be chunked");
            }
        }
        return codings.length == 1
                ? null
                : ErrorReply.badRequest(
                        HttpResponseStatus.NOT_IMPLEMENTED, "the only transfer coding known is chunked");
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 19 && RequestTarget.isDigits(text, 0);
    }

    private static ErrorReply bad(String message) {
        return ErrorReply.badRequest(HttpResponseStatus.BAD_REQUEST, message);
    }
}
