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
    private final BodyAccount account;
    private final long maxTogetherBytes;
    private long counted;
    private @Nullable ByteBuf body;

    /**
     * @param announcedBytes the length announced; negative if none was
     * @param maxBytes largest body taken
     * @param account counts this body while it is collected
     * @param maxTogetherBytes most that may be counted there
     */
    BodyCollector(
            ByteBufAllocator allocator,
            long announcedBytes,
            long maxBytes,
            BodyAccount account,
            long maxTogetherBytes) {
        this.maxBytes = maxBytes;
        this.account = account;
        this.maxTogetherBytes = maxTogetherBytes;
        int firstBytes = announcedBytes < 0 ? DEFAULT_FIRST_BYTES : (int) Math.min(announcedBytes, MAX_FIRST_BYTES);
        body = allocator.buffer(firstBytes);
    }

    /** What became of some bytes. */
    enum Taken {
        YES,
        /** The body is larger than it may be. */
        TOO_LARGE,
        /** All bodies that are being collected are, together. */
        TOO_MUCH_TOGETHER
    }

    /** Takes the next bytes, whose ownership passes here in any case. */
    Taken add(ByteBuf bytes) {
        try {
            int more = bytes.readableBytes();
            if (body == null || body.readableBytes() + (long) more > maxBytes) {
                return Taken.TOO_LARGE;
            }
            if (!account.take(more, maxTogetherBytes)) {
                return Taken.TOO_MUCH_TOGETHER;
            }
            counted += more;
            body.writeBytes(bytes);
            return Taken.YES;
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
        settle();
        return whole;
    }

    /** Gives up what was collected and not taken. Idempotent. */
    void release() {
        if (body != null) {
            body.release();
            body = null;
            settle();
        }
    }

    private void settle() {
        account.giveBack(counted);
        counted = 0;
    }
}
