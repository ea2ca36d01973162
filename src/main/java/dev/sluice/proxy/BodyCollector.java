package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Collects the body of one governed request within its bound. Bytes are copied: what the decoder hands out are slices of
 * its read buffer, and a small step held for minutes must not keep a large one alive. Confined to one event loop.
 */
final class BodyCollector {

    /** A length announced is believed up to here; beyond it memory follows the bytes that really come. */
    private static final int MAX_FIRST_BYTES = 64 << 10;

    private static final int DEFAULT_FIRST_BYTES = 4 << 10;

    private final long maxBytes;
    private @Nullable ByteBuf body;

    /**
     * @param announcedBytes the length announced; negative if none was
     * @param maxBytes largest body taken
     */
    BodyCollector(ByteBufAllocator allocator, long announcedBytes, long maxBytes) {
        this.maxBytes = maxBytes;
        int firstBytes = announcedBytes < 0 ? DEFAULT_FIRST_BYTES : (int) Math.min(announcedBytes, MAX_FIRST_BYTES);
        body = allocator.buffer(firstBytes);
    }

    /**
     * Takes the next bytes, whose ownership passes here in any case.
     *
     * @return false if the body is larger than it may be
     */
    boolean add(ByteBuf bytes) {
        try {
            if (body == null || body.readableBytes() + (long) bytes.readableBytes() > maxBytes) {
                return false;
            }
            body.writeBytes(bytes);
            return true;
        } finally {
            bytes.release();
        }
    }

    /** The whole body, still owned by the collector. */
    ByteBuf whole() {
        ByteBuf whole = body;
        if (whole == null) {
            throw new IllegalStateException("body: taken or released (expected: still collected)");
        }
        return whole;
    }

    /** The whole body; from now on the caller owns it. */
    ByteBuf take() {
        ByteBuf whole = whole();
        body = null;
        return whole;
    }

    /** Gives up what was collected and not taken. Idempotent. */
    void release() {
        if (body != null) {
            body.release();
            body = null;
        }
    }
}
