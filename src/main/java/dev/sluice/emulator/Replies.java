package dev.sluice.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** Whole HTTP responses. */
final class Replies {

    private Replies() {}

    static FullHttpResponse json(HttpResponseStatus status, ObjectNode body) {
        return whole(status, HttpHeaderValues.APPLICATION_JSON, Json.bytes(body));
    }

    static FullHttpResponse text(HttpResponseStatus status, CharSequence contentType, String body) {
        return whole(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /** What the framework below vLLM says itself: no such path, no such method on it. */
    static FullHttpResponse detail(HttpResponseStatus status) {
        return json(status, Json.object().put("detail", status.reasonPhrase()));
    }

    private static FullHttpResponse whole(HttpResponseStatus status, CharSequence contentType, byte[] body) {
        FullHttpResponse reply =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        reply.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        HttpUtil.setContentLength(reply, body.length);
        return reply;
    }
}
