package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;

/** Messages as bytes (RFC 9112): heads, and what frames chunks. Every buffer that is returned is the caller's. */
final class HttpBytes {

    private static final int FIRST_HEAD_BYTES = 512;

    /** A line of sixteen hexadecimal digits. */
    private static final int MAX_SIZE_LINE_BYTES = 18;

    private static final int CRLF = '\r' << 8 | '\n';

    private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

    private HttpBytes() {}

    static ByteBuf of(HttpRequest head, ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(FIRST_HEAD_BYTES);
        write(head.method().asciiName(), out);
        out.writeByte(' ');
        write(head.uri(), out);
        out.writeByte(' ');
        write(head.protocolVersion().text(), out);
        out.writeShort(CRLF);
        return writeFields(head.headers(), out);
    }

    static ByteBuf of(HttpResponse head, ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(FIRST_HEAD_BYTES);
        write(head.protocolVersion().text(), out);
        out.writeByte(' ');
        write(head.status().codeAsText(), out);
        out.writeByte(' ');
        write(head.status().reasonPhrase(), out);
        out.writeShort(CRLF);
        return writeFields(head.headers(), out);
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
        ByteBuf out = allocator.buffer(FIRST_HEAD_BYTES);
        out.writeByte('0').writeShort(CRLF);
        return writeFields(trailers, out);
    }

    private static ByteBuf writeSizeLine(long chunkBytes, ByteBuf out) {
        int digits = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(chunkBytes) + 3) / 4);
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            out.writeByte(Character.forDigit((int) (chunkBytes >>> shift & 0xF), 16));
        }
        return out.writeShort(CRLF);
    }

    private static ByteBuf writeFields(HttpHeaders fields, ByteBuf out) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = fields.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            write(field.getKey(), out);
            out.writeShort(':' << 8 | ' ');
            write(field.getValue(), out);
            out.writeShort(CRLF);
        }
        return out.writeShort(CRLF);
    }

    /** Characters are octets here, as the decoders make them. */
    private static void write(CharSequence text, ByteBuf out) {
        if (text instanceof AsciiString ascii) {
            out.writeBytes(ascii.array(), ascii.arrayOffset(), ascii.length());
        } else {
            ByteBufUtil.writeAscii(out, text);
        }
    }

    private static ByteBuf constant(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
    }
}
