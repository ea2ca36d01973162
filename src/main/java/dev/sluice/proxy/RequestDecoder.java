package dev.sluice.proxy;

import dev.sluice.config.LimitsConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Bytes of a client become requests: a head, the pieces of a body as they come, an end. It keeps no bytes: heads are read
 * where they lie, bodies handed on as slices of what was read.
 *
 * <p>Stricter than Netty's own decoder, which folds lines, takes any blanks in a request line, any case of the version and
 * framing fields in trailers, and reads eight bytes behind a {@code GET} with two {@code Sec-WebSocket-Key} fields as its
 * body: each of them a way to make an engine see another request than its proxy did. Here a message either has one reading
 * or is refused; what is refused is handed on as a head or a piece whose {@link DecoderResult} is a failure by
 * {@link MalformedException}, and nothing is read behind it.
 *
 * <p>Confined to its event loop.
 */
final class RequestDecoder extends ChannelInboundHandlerAdapter {

    private static final int MAX_EXTENSION_BYTES = 16 << 10;

    private final RequestLineParser line;
    private final FieldsParser fields;
    private final ChunkParser chunks = new ChunkParser(MAX_EXTENSION_BYTES);
    private Stage stage = Stage.LINE;
    private long remaining;

    RequestDecoder(LimitsConfig limits) {
        Octets text = new Octets();
        line = new RequestLineParser(limits.requestLineBytes(), text);
        fields = new FieldsParser(limits.fieldsBytes(), text);
    }

    private enum Stage {
        LINE,
        FIELDS,
        SIZED_BODY,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS,
        REFUSED
    }

    /** Whether nothing of a request has come that is not handed on. */
    boolean isAtRest() {
        return stage == Stage.LINE && line.isAtRest();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable()) {
                decode(ctx, in);
            }
        } finally {
            in.release();
        }
    }

    private void decode(ChannelHandlerContext ctx, ByteBuf in) {
        Stage reading = stage;
        try {
            switch (reading) {
                case LINE -> goOnIf(line.read(in), Stage.FIELDS);
                case FIELDS -> {
                    if (fields.read(in)) {
                        onHead(ctx);
                    }
                }
                case SIZED_BODY -> {
                    passOn(ctx, in);
                    if (remaining == 0) {
                        onEnd(ctx);
                    }
                }
                case CHUNK_SIZE -> {
                    if (chunks.readSize(in)) {
                        remaining = chunks.size();
                        stage = remaining == 0 ? Stage.TRAILERS : Stage.CHUNK_DATA;
                    }
                }
                case CHUNK_DATA -> {
                    passOn(ctx, in);
                    goOnIf(remaining == 0, Stage.CHUNK_END);
                }
                case CHUNK_END -> goOnIf(chunks.readDataEnd(in), Stage.CHUNK_SIZE);
                case TRAILERS -> {
                    if (fields.read(in)) {
                        // They end here: an engine might take for fields what nobody has looked at as such.
                        RequestGuard.checkTrailers(fields.take());
                        onEnd(ctx);
                    }
                }
                case REFUSED -> in.skipBytes(in.readableBytes());
            }
        } catch (MalformedException e) {
            stage = Stage.REFUSED;
            boolean isHead = reading == Stage.LINE || reading == Stage.FIELDS;
            ctx.fireChannelRead(isHead ? failedHead(e) : failedPiece(e));
        }
    }

    private void goOnIf(boolean isWhole, Stage next) {
        if (isWhole) {
            stage = next;
        }
    }

    private void onHead(ChannelHandlerContext ctx) throws MalformedException {
        HttpRequest head = new DefaultHttpRequest(line.version(), line.method(), line.target(), fields.take());
        ErrorReply refusal = RequestGuard.check(head);
        if (refusal != null) {
            stage = Stage.REFUSED;
            head.setDecoderResult(DecoderResult.failure(new MalformedException(refusal)));
            ctx.fireChannelRead(head);
            return;
        }
        boolean isChunked = head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
        remaining = RequestGuard.announcedLength(head);
        chunks.start();
        stage = isChunked ? Stage.CHUNK_SIZE : remaining > 0 ? Stage.SIZED_BODY : Stage.LINE;
        ctx.fireChannelRead(head);
        if (stage == Stage.LINE) {
            ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private void passOn(ChannelHandlerContext ctx, ByteBuf in) {
        int count = (int) Math.min(remaining, in.readableBytes());
        remaining -= count;
        ctx.fireChannelRead(new DefaultHttpContent(in.readRetainedSlice(count)));
    }

    private void onEnd(ChannelHandlerContext ctx) {
        stage = Stage.LINE;
        ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** In the place of a head that was not read to its end. */
    private static HttpRequest failedHead(MalformedException why) {
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, "/bad-request");
        head.setDecoderResult(DecoderResult.failure(why));
        return head;
    }

    private static HttpContent failedPiece(MalformedException why) {
        HttpContent piece = new DefaultHttpContent(Unpooled.EMPTY_BUFFER);
        piece.setDecoderResult(DecoderResult.failure(why));
        return piece;
    }
}
