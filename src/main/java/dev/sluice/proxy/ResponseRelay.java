package dev.sluice.proxy;

import dev.sluice.api.ErrorBody;
import dev.sluice.api.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request on its way to the client, framed for that client: with the engine's length where there is one
 * and it holds, otherwise chunked, or for HTTP/1.0 ended by closing. An answer ends in one of two ways that a client can
 * tell apart: {@link #end} as its framing says, or {@link #breakOff} by a reset. While the engine is waited for, signs of
 * life may come before it ({@link EarlyAnswer}); an error then comes as an event, and the end of the framing does not follow.
 * Confined to the client's event loop.
 */
final class ResponseRelay {

    /** Of an engine's error that is to be told as an event. */
    private static final int MAX_ERROR_BYTES = 64 << 10;

    private final ClientConnection client;
    private final HttpRequest request;
    private final ExchangeFigures figures;
    private @Nullable EarlyAnswer early;
    private @Nullable ByteArrayOutputStream engineError;
    private int engineStatus;
    private boolean started;
    private boolean keepAlive;
    private boolean isChunked;
    private Delivery delivery = Delivery.CONTENT;

    ResponseRelay(ClientConnection client, HttpRequest request, ExchangeFigures figures) {
        this.client = client;
        this.request = request;
        this.figures = figures;
    }

    /** Whether the head of the answer has been sent, so that nothing can be said any more in its place. */
    boolean isStarted() {
        return started;
    }

    /** Whether signs of life have been sent. */
    boolean isEarly() {
        return early != null;
    }

    /** Whether that answer of the engine can follow what has been sent. */
    boolean fits(HttpResponse fromEngine) {
        return early == null
                || fromEngine.status().codeClass() != HttpStatusClass.SUCCESS
                || early.fits(fromEngine.headers());
    }

    /** Begins the answer before the engine's is there: with status 200, whatever comes of it. For HTTP/1.1 only. */
    void begin(EarlyAnswer first, HttpHeaders added) {
        HttpResponse head = first.head();
        head.headers().add(added).set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        early = first;
        isChunked = true;
        begin(head, true);
        send(head);
        started = false;
    }

    /** Sends a sign of life; takes ownership. */
    void sign(ByteBuf bytes) {
        body(bytes);
        client.flush();
    }

    /** Passes on a 100 if the client expects it, and early hints; other interim answers concern nobody behind us. */
    void interim(HttpResponse head) {
        int status = head.status().code();
        boolean isWanted = status == 103 || (status == 100 && HttpUtil.is100ContinueExpected(request));
        if (isWanted && !started && !isEarly() && isHttp11()) {
            HttpHeaders fields = HopByHop.endToEnd(head.headers()).remove(HttpHeaderNames.CONTENT_LENGTH);
            send(new DefaultHttpResponse(HttpVersion.HTTP_1_1, head.status(), fields));
            client.flush();
        }
    }

    /** Invites the body of a request that waits for it. */
    void continueIfExpected() {
        if (HttpUtil.is100ContinueExpected(request)) {
            send(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, HopByHop.emptyFields()));
            client.flush();
        }
    }

    /**
     * Begins the answer.
     *
     * @param framing the engine's
     * @param added fields of our own
     * @param isEdited whether its body may become shorter than the engine says
     * @return how {@link #body} takes the engine's body
     */
    Delivery head(HttpResponse fromEngine, AnswerFraming framing, HttpHeaders added, boolean isEdited) {
        if (early != null) {
            return headBehindSigns(fromEngine.status(), framing == AnswerFraming.CHUNKED && !isEdited);
        }
        HttpResponse head = ForwardedHead.response(fromEngine);
        HttpHeaders fields = head.headers().add(added);
        boolean hasLength = framing == AnswerFraming.NONE || (framing == AnswerFraming.LENGTH && !isEdited);
        if (!hasLength || head.status().equals(HttpResponseStatus.NO_CONTENT)) {
            fields.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        isChunked = !hasLength && isHttp11();
        if (isChunked) {
            fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        begin(head, hasLength || isChunked);
        send(head);
        boolean passesAsItCame = hasLength || (isChunked && framing == AnswerFraming.CHUNKED && !isEdited);
        delivery = passesAsItCame ? Delivery.FRAMED : Delivery.CONTENT;
        return delivery;
    }

    /** The head has been sent already. What the engine says instead of a stream is kept, to be told as an error. */
    private Delivery headBehindSigns(HttpResponseStatus status, boolean passesAsItCame) {
        started = true;
        if (status.codeClass() != HttpStatusClass.SUCCESS) {
            engineStatus = status.code();
            engineError = new ByteArrayOutputStream();
        }
        delivery = passesAsItCame && engineError == null ? Delivery.FRAMED : Delivery.CONTENT;
        return delivery;
    }

    /** The next bytes, as {@link #head} said, possibly none; takes ownership. */
    void body(ByteBuf bytes) {
        int length = bytes.readableBytes();
        if (length == 0) {
            bytes.release();
        } else if (engineError != null) {
            int kept = Math.min(length, MAX_ERROR_BYTES - engineError.size());
            engineError.writeBytes(ByteBufUtil.getBytes(bytes, bytes.readerIndex(), kept));
            bytes.release();
        } else if (delivery == Delivery.FRAMED) {
            client.write(bytes);
        } else {
            figures.countResponse(length);
            client.write(isChunked ? HttpBytes.chunk(bytes, client.allocator()) : bytes);
        }
    }

    /** The answer is whole; {@link #finish} follows. */
    void end(HttpHeaders trailers) {
        if (early != null && engineError != null) {
            failEarly(early.engineError(engineStatus, engineError.toByteArray()));
        } else if (isChunked) {
            client.write(HttpBytes.lastChunk(HopByHop.trailers(trailers), client.allocator()));
        }
    }

    /** Answers in the engine's place; {@link #finish} follows. */
    void error(ErrorReply reply, @Nullable Route route, HttpHeaders added) {
        if (early != null) {
            failEarly(early.error(reply.code(), reply.message()));
            return;
        }
        byte[] body = ErrorBody.of(route, reply.code(), reply.message());
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, reply.status(), HopByHop.emptyFields());
        head.headers().add(added).set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        reply.addFields(head.headers());
        begin(head, true);
        send(head);
        if (!isHead()) {
            figures.countResponse(body.length);
            client.write(Unpooled.wrappedBuffer(body));
        }
    }

    /** The last word of an answer that began too early: the end of the coding does not follow, so nobody takes it for whole. */
    private void failEarly(ByteBuf error) {
        engineError = null;
        delivery = Delivery.CONTENT;
        body(error);
        keepAlive = false;
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

    private void send(HttpResponse head) {
        client.write(HttpBytes.of(head, client.allocator()));
    }

    private boolean isHead() {
        return request.method().equals(HttpMethod.HEAD);
    }

    boolean isHttp11() {
        return request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    }
}
