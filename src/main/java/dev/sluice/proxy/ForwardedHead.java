package dev.sluice.proxy;

import dev.sluice.agent.IdentityRules;
import dev.sluice.config.UpstreamAddress;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.List;

/**
 * Heads as they go on, built anew from those received. {@code Host} goes to the engine as the client sent it, whatever the
 * upstream is; a client of HTTP/1.0 that sent none gets the engine's own. The framing is not set here for answers: that is
 * {@link ResponseRelay}'s, which knows the client.
 */
final class ForwardedHead {

    private static final AsciiString RANK = AsciiString.cached("X-data-parallel-rank");

    /** Names that know their hashes. */
    private static final List<AsciiString> OWN_FIELDS =
            IdentityRules.OWN_FIELDS.stream().map(AsciiString::cached).toList();

    private ForwardedHead() {}

    /** A request whose body is streamed: framed as the client framed it, upgrade and expectation passed on. */
    static HttpRequest streamed(HttpRequest from, UpstreamAddress upstream) {
        HttpRequest head = request(from, upstream);
        if (HttpUtil.isTransferEncodingChunked(from)) {
            head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (from.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            head.headers().remove(HttpHeaderNames.EXPECT);
        }
        if (HopByHop.asksUpgrade(from)) {
            head.headers().add(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            from.headers()
                    .valueCharSequenceIterator(HttpHeaderNames.UPGRADE)
                    .forEachRemaining(protocol -> head.headers().add(HttpHeaderNames.UPGRADE, protocol));
        }
        return head;
    }

    /** A request whose body was collected: its length is known, and the expectation was ours to meet. */
    static HttpRequest collected(HttpRequest from, UpstreamAddress upstream, int bodyBytes) {
        HttpRequest head = request(from, upstream);
        head.headers().remove(HttpHeaderNames.EXPECT);
        head.headers().set(HttpHeaderNames.CONTENT_LENGTH, bodyBytes);
        return head;
    }

    /**
     * The same for one data-parallel rank of the engine, unless the client has chosen itself.
     *
     * @param rank negative if the engine is to choose
     */
    static HttpRequest toRank(int rank, HttpRequest head) {
        if (rank >= 0 && !head.headers().contains(RANK)) {
            head.headers().set(RANK, rank);
        }
        return head;
    }

    /** The same for an answer whose head is sent before the engine's is known, and so tells of no content coding. */
    static HttpRequest uncoded(HttpRequest head) {
        head.headers().set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.IDENTITY);
        return head;
    }

    /** An answer without hop-by-hop fields; {@code Content-Length} still says what the engine's did. */
    static HttpResponse response(HttpResponse from) {
        HttpHeaders fields = endToEnd(from.headers());
        HopByHop.addVia(fields, from.protocolVersion());
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, from.status(), fields);
    }

    /** A 101 with the fields that make it one. */
    static HttpResponse switching(HttpResponse from) {
        HttpResponse head = response(from);
        head.headers().add(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        from.headers()
                .valueCharSequenceIterator(HttpHeaderNames.UPGRADE)
                .forEachRemaining(protocol -> head.headers().add(HttpHeaderNames.UPGRADE, protocol));
        return head;
    }

    private static HttpRequest request(HttpRequest from, UpstreamAddress upstream) {
        HttpHeaders fields = endToEnd(from.headers());
        OWN_FIELDS.forEach(fields::remove);
        fields.remove(HttpHeaderNames.TRAILER);
        long forwards = RequestGuard.forwardsLeft(from);
        if (forwards > 0) {
            fields.set(HttpHeaderNames.MAX_FORWARDS, forwards - 1);
        }
        RequestTarget target = RequestTarget.of(from);
        if (target.authority() != null) {
            // RFC 9112 §3.2.2: the target's authority counts, whatever Host says.
            fields.set(HttpHeaderNames.HOST, target.authority());
        } else if (!fields.contains(HttpHeaderNames.HOST)) {
            fields.set(HttpHeaderNames.HOST, upstream.authority());
        }
        if (from.headers().containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true)) {
            fields.add(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
            fields.add(HttpHeaderNames.CONNECTION, HttpHeaderNames.TE);
        }
        HopByHop.addVia(fields, from.protocolVersion());
        String path = target.path().equals("*") ? "*" : upstream.pathPrefix() + target.path();
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, from.method(), path, fields);
    }

    /** The fields that travel on. Zeros before a length, which one reader skips and another takes for octal, do not. */
    private static HttpHeaders endToEnd(HttpHeaders from) {
        HttpHeaders fields = HopByHop.endToEnd(from);
        String length = fields.get(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null && length.length() > 1 && length.charAt(0) == '0') {
            fields.set(HttpHeaderNames.CONTENT_LENGTH, Long.parseLong(length));
        }
        return fields;
    }
}
