package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;

/**
 * The text of a head (RFC 9112 §2.1), put together in an array, which costs less than a buffer for each of its many short pieces.
 * Each thread has one. Confined to its thread.
 */
final class HeadText {

    private static final int FIRST_BYTES = 1024;

    /** A larger array is given up with the head that needed it. */
    private static final int MAX_KEPT_BYTES = 16 << 10;

    private static final FastThreadLocal<HeadText> TEXTS = new FastThreadLocal<>() {
        @Override
        protected HeadText initialValue() {
            return new HeadText();
        }
    };

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    private HeadText() {}

    /** The thread's, empty: {@link #end} must follow before the next one begins. */
    static HeadText begin() {
        HeadText text = TEXTS.get();
        text.length = 0;
        return text;
    }

    HeadText add(char octet) {
        reserve(1);
        bytes[length++] = AsciiString.c2b(octet);
        return this;
    }

    /** Characters are octets here, as the decoders make them. One that is none becomes a question mark, never another octet. */
    HeadText add(CharSequence text) {
        int count = text.length();
        reserve(count);
        if (text instanceof AsciiString ascii) {
            System.arraycopy(ascii.array(), ascii.arrayOffset(), bytes, length, count);
        } else {
            for (int i = 0; i < count; i++) {
                bytes[length + i] = AsciiString.c2b(text.charAt(i));
            }
        }
        length += count;
        return this;
    }

    /** Ends the first line and adds the fields; the buffer is the caller's. */
    ByteBuf end(HttpHeaders fields, ByteBufAllocator allocator) {
        endLine();
        Iterator<Map.Entry<CharSequence, CharSequence>> all = fields.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            add(field.getKey()).add(':').add(' ').add(field.getValue()).endLine();
        }
        endLine();
        ByteBuf out = allocator.buffer(length).writeBytes(bytes, 0, length);
        if (bytes.length > MAX_KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
        return out;
    }

    private void endLine() {
        add('\r').add('\n');
    }

    private void reserve(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
        }
    }
}
