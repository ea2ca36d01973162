package dev.sluice.proxy;

import dev.sluice.api.ErrorBody;
import dev.sluice.api.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request on its way to the client, framed for that client: with the engine's length where there is one
 * and it holds, otherwise chunked, or for HTTP/1.0 ended by closing. An answer ends in one of two ways that a client can
 * tell apart: {@link #end} as its framing says, or {@link #breakOff} by a reset. Confined to the client's event loop.
 */
final class ResponseRelay {

    private final ClientConnection client;
    private final HttpRequest request;
    private final ExchangeFigures figures;
    private boolean started;
    private boolean keepAlive;
    private boolean chunked;

    ResponseRelay(ClientConnection client, HttpRequest request, ExchangeFigures figures) {
        this.client = client;
        this.request = request;
        this.figures = figures;
    }

    /** Whether the head of the answer has been sent, so that nothing can be said any more in its place. */
    boolean isStarted() {
        return started;
    }

    /** Passes on a 100 if the client expects it, and early hints; other interim answers concern nobody behind us. */
    void interim(HttpResponse head) {
        int status = head.status().code();
        boolean isWanted = status == 103 || (status == 100 && HttpUtil.is100ContinueExpected(request));
        if (isWanted && !started && isHttp11()) {
            client.write(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    head.status(),
                    Unpooled.EMPTY_BUFFER,
                    HopByHop.endToEnd(head.headers()),
                    EmptyHttpHeaders.INSTANCE));
            client.flush();
        }
    }

    /** Invites the body of a request that waits for it. */
    void continueIfExpected() {
        if (HttpUtil.is100ContinueExpected(request)) {
            client.write(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
            client.flush();
        }
    }

    /**
     * Begins the answer.
     *
     * @param added fields of our own
     * @param lengthMayChange whether the body may become shorter than the engine says
     */
    void head(HttpResponse fromEngine, HttpHeaders added, boolean lengthMayChange) {
        HttpResponse head = ForwardedHead.response(fromEngine);
        HttpHeaders fields = head.headers().add(added);
        boolean isEmpty = isHead() || isAlwaysEmpty(head.status());
        if (lengthMayChange) {
            fields.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        boolean hasLength = isEmpty || fields.contains(HttpHeaderNames.CONTENT_LENGTH);
        chunked = !hasLength && isHttp11();
        if (chunked) {
            fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        begin(head, hasLength || chunked);
        client.write(head);
    }

    /** The next bytes, possibly none; takes ownership. */
    void body(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            bytes.release();
            return;
        }
        figures.countResponse(bytes.readableBytes());
        client.write(new DefaultHttpContent(bytes));
    }

    /** The answer is whole; {@link #finish} follows. */
    void end(HttpHeaders trailers) {
        HttpHeaders kept = chunked ? HopByHop.trailers(trailers) : EmptyHttpHeaders.INSTANCE;
        client.write(
                kept.isEmpty()
                        ? LastHttpContent.EMPTY_LAST_CONTENT
                        : new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, kept));
    }

    /** Answers in the engine's place; {@link #finish} follows. */
    void error(ErrorReply reply, @Nullable Route route, HttpHeaders added) {
        byte[] body = ErrorBody.of(route, reply.code(), reply.message());
        ByteBuf sent = isHead() ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
        DefaultFullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, reply.status(), sent);
        answer.headers().add(added).set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        reply.addFields(answer.headers());
        begin(answer, true);
        figures.countResponse(sent.readableBytes());
        client.write(answer);
    }

    /** Sends what has been written and gives the connection back to the client's next request. */
    void finish() {
        client.exchangeOver(keepAlive);
    }

    /** The rest of the answer will not come: seen by the client as an error, never as an end. */
    void breakOff() {
        client.breakOff();
    }

    private void begin(HttpResponse head, boolean endIsVisible) {
        started = true;
        keepAlive = endIsVisible && isHttp11() && client.mayKeepAlive() && HttpUtil.isKeepAlive(request);
        if (!keepAlive) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        figures.responseBegins(head.status().code());
    }

    private boolean isHead() {
        return request.method().equals(HttpMethod.HEAD);
    }

    private boolean isHttp11() {
        return request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    }

    private static boolean isAlwaysEmpty(HttpResponseStatus status) {
        return status.code() == 204 || status.code() == 304;
    }
}
