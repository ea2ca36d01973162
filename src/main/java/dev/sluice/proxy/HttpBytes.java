package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Messages as bytes (RFC 9112): heads, and what frames chunks. Every buffer that is returned is the caller's. */
final class HttpBytes {

    /** A line of sixteen hexadecimal digits. */
    private static final int MAX_SIZE_LINE_BYTES = 18;

    private static final int CRLF = '\r' << 8 | '\n';

    private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

    private HttpBytes() {}

    static ByteBuf of(HttpRequest head, ByteBufAllocator allocator) {
        HeadText text = HeadText.begin()
                .add(head.method().asciiName())
                .add(' ')
                .add(head.uri())
                .add(' ')
                .add(head.protocolVersion().text());
        return text.end(head.headers(), allocator);
    }

    static ByteBuf of(HttpResponse head, ByteBufAllocator allocator) {
        HeadText text = HeadText.begin()
                .add(head.protocolVersion().text())
                .add(' ')
                .add(head.status().codeAsText())
                .add(' ')
                .add(head.status().reasonPhrase());
        return text.end(head.headers(), allocator);
    }

    /** The line in front of a chunk's data. */
    static ByteBuf sizeLine(long chunkBytes, ByteBufAllocator allocator) {
        return writeSizeLine(chunkBytes, allocator.buffer(MAX_SIZE_LINE_BYTES));
    }

    /** A chunk with that content, in one piece; takes ownership. */
    static ByteBuf chunk(ByteBuf content, ByteBufAllocator allocator) {
        int length = content.readableBytes();
        ByteBuf out = allocator.buffer(length + MAX_SIZE_LINE_BYTES + 2);
        writeSizeLine(length, out).writeBytes(content).writeShort(CRLF);
        content.release();
        return out;
    }

    /** What ends a chunked body. */
    static ByteBuf lastChunk(HttpHeaders trailers, ByteBufAllocator allocator) {
        if (trailers.isEmpty()) {
            return LAST_CHUNK.duplicate();
        }
        return HeadText.begin().add('0').end(trailers, allocator);
    }

    private static ByteBuf writeSizeLine(long chunkBytes, ByteBuf out) {
        int digits = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(chunkBytes) + 3) / 4);
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            out.writeByte(Character.forDigit((int) (chunkBytes >>> shift & 0xF), 16));
        }
        return out.writeShort(CRLF);
    }

    private static ByteBuf constant(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
    }
}
