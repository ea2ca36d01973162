package dev.sluice.proxy;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which fields end at us (RFC 9110 §7.6.1): the connection's own, and whatever {@code Connection} names. {@code Host} and
 * {@code Content-Length} stay even if named there: they say where a message goes and where it ends, and no peer may take
 * that from the other.
 */
final class HopByHop {

    private static final HttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    /** What this proxy calls itself in {@code Via}; the version is that of the message received. */
    private static final AsciiString VIA_HTTP_11 = AsciiString.cached("1.1 sluice");

    private static final AsciiString VIA_HTTP_10 = AsciiString.cached("1.0 sluice");

    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");

    /** Names that end at us, as a set that looks them up in any case. */
    private static final HttpHeaders ALWAYS = names(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-authentication-info",
            "te",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    private static final Set<String> NEVER = Set.of("host", "content-length");

    /** In an answer's trailers also the fields that frame or route a message are left out (RFC 9110 §6.5.1). */
    private static final Set<String> NEVER_IN_TRAILERS =
            Set.of("host", "content-length", "content-encoding", "content-type", "content-range", "trailer", "via");

    private HopByHop() {}

    /** The fields of a message that travel on: order, case and bytes kept. */
    static HttpHeaders endToEnd(HttpHeaders fields) {
        Set<String> named = namedByConnection(fields);
        HttpHeaders kept = emptyFields();
        Iterator<Map.Entry<CharSequence, CharSequence>> all = fields.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            if (!ALWAYS.contains(field.getKey()) && (named.isEmpty() || !named.contains(lowerCase(field.getKey())))) {
                kept.add(field.getKey(), field.getValue());
            }
        }
        return kept;
    }

    /** The trailer fields of an answer that may travel on. */
    static HttpHeaders trailers(HttpHeaders fields) {
        if (fields.isEmpty()) {
            return fields;
        }
        HttpHeaders kept = endToEnd(fields);
        NEVER_IN_TRAILERS.forEach(kept::remove);
        return kept;
    }

    /** Fields not checked again: all that goes in was checked by the decoder, or is our own. */
    static HttpHeaders emptyFields() {
        return UNCHECKED.newHeaders();
    }

    static void addVia(HttpHeaders fields, HttpVersion received) {
        fields.add(HttpHeaderNames.VIA, received.equals(HttpVersion.HTTP_1_0) ? VIA_HTTP_10 : VIA_HTTP_11);
    }

    /**
     * Whether {@code Connection: upgrade} stands with a protocol other than h2c, which we do not speak; never in HTTP/1.0
     * (RFC 9110 §7.8).
     */
    static boolean asksUpgrade(HttpRequest request) {
        HttpHeaders fields = request.headers();
        return request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && fields.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderNames.UPGRADE, true)
                && fields.contains(HttpHeaderNames.UPGRADE)
                && !fields.containsValue(HttpHeaderNames.UPGRADE, "h2c", true);
    }

    private static Set<String> namedByConnection(HttpHeaders fields) {
        Iterator<? extends CharSequence> values = fields.valueCharSequenceIterator(HttpHeaderNames.CONNECTION);
        if (!values.hasNext()) {
            return Set.of();
        }
        Set<String> named = new HashSet<>();
        while (values.hasNext()) {
            CharSequence value = values.next();
            if (!AsciiString.contentEqualsIgnoreCase(value, KEEP_ALIVE)) {
                for (String option : lowerCase(value).split(",", -1)) {
                    named.add(option.strip());
                }
            }
        }
        named.removeAll(NEVER);
        return named;
    }

    private static HttpHeaders names(String... names) {
        HttpHeaders set = emptyFields();
        for (String name : names) {
            set.add(name, "");
        }
        return set;
    }

    private static String lowerCase(CharSequence text) {
        return text.toString().toLowerCase(Locale.ROOT);
    }
}
