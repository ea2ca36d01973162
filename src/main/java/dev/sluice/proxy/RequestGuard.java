package dev.sluice.proxy;

import dev.sluice.api.ErrorCode;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request head must be before anything is done with it (RFC 9112 §§2.3, 3.2, 6): the decoder's own verdict first,
 * then what the decoder lets pass and an engine might read differently. Whoever fails is answered and disconnected, since
 * where its next request begins is in doubt.
 */
final class RequestGuard {

    private RequestGuard() {}

    /** The answer for a head that may not go on; null if it may. */
    static @Nullable ErrorReply check(HttpRequest head) {
        if (head.decoderResult().isFailure()) {
            return undecodable(head.decoderResult().cause());
        }
        HttpVersion version = head.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return bad(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "only HTTP/1.0 and HTTP/1.1 are spoken here");
        }
        if (head.method().equals(HttpMethod.CONNECT)) {
            return bad(HttpResponseStatus.NOT_IMPLEMENTED, "CONNECT is not offered");
        }
        if (!RequestTarget.isValid(head.uri(), head.method().equals(HttpMethod.OPTIONS))) {
            return bad("the request target is not valid");
        }
        ErrorReply host = checkHost(head.headers(), version);
        return host != null ? host : checkFraming(head.headers(), version);
    }

    private static @Nullable ErrorReply checkHost(HttpHeaders fields, HttpVersion version) {
        List<String> hosts = fields.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && version.equals(HttpVersion.HTTP_1_1))) {
            return bad("exactly one Host field is needed, found " + hosts.size());
        }
        return hosts.isEmpty() || RequestTarget.isHost(hosts.get(0)) ? null : bad("the Host field is not valid");
    }

    private static @Nullable ErrorReply checkFraming(HttpHeaders fields, HttpVersion version) {
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
        return codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked")
                ? null
                : bad(HttpResponseStatus.NOT_IMPLEMENTED, "the only transfer coding known is chunked, once");
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 19 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static ErrorReply undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return bad(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line is too long");
        }
        return cause instanceof TooLongHttpHeaderException
                ? ErrorReply.of(ErrorCode.FIELDS_TOO_LARGE, "the header fields are too large")
                : bad("the request cannot be parsed");
    }

    private static ErrorReply bad(String message) {
        return bad(HttpResponseStatus.BAD_REQUEST, message);
    }

    private static ErrorReply bad(HttpResponseStatus status, String message) {
        return new ErrorReply(status, ErrorCode.BAD_REQUEST, message, ErrorReply.NO_RETRY);
    }
}
