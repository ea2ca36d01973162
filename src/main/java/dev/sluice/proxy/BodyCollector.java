package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Collects the body of one governed request within its bound. Small pieces are copied: what the decoder hands out are slices of
 * its read buffer, and a small step held for minutes must not keep a large one alive. Large ones stay as they were read.
 *
 * <p>Bytes are counted, not the memory that holds them: at worst little more than twice as much (large pieces that each keep
 * the largest read buffer), and for each body up to 64 KiB besides. Where memory cannot be had,
 * {@link #add} and {@link #whole} throw, and the body is of no more use than to be released. Confined to one event loop.
 */
final class BodyCollector {

    /** A length announced is believed up to here; beyond it memory follows the bytes that really come. */
    private static final int MAX_ROOM_BYTES = 64 << 10;

    private static final int DEFAULT_ROOM_BYTES = 4 << 10;

    /** A piece of that size takes up half of the largest read buffer. */
    private static final int MIN_KEPT_BYTES = 32 << 10;

    private final ByteBufAllocator allocator;
    private final long announcedBytes;
    private final long maxBytes;
    private final BodyAccount account;
    private final long maxTogetherBytes;
    private long counted;
    private boolean isOver;

    /** All that came before {@link #copied}, if any piece was large. */
    private @Nullable CompositeByteBuf pieces;

    private @Nullable ByteBuf copied;

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
        this.allocator = allocator;
        this.announcedBytes = announcedBytes;
        this.maxBytes = maxBytes;
        this.account = account;
        this.maxTogetherBytes = maxTogetherBytes;
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
        int more = bytes.readableBytes();
        if (isOver || counted + more > maxBytes) {
            bytes.release();
            return Taken.TOO_LARGE;
        }
        if (!account.take(more, maxTogetherBytes)) {
            bytes.release();
            return Taken.TOO_MUCH_TOGETHER;
        }
        counted += more;
        try {
            if (more >= MIN_KEPT_BYTES) {
                joined().addComponent(true, bytes.retain());
            } else {
                room(more).writeBytes(bytes);
            }
        } finally {
            bytes.release();
        }
        return Taken.YES;
    }

    /** The whole body, still owned by the collector. */
    ByteBuf whole() {
        if (isOver) {
            throw new IllegalStateException("body: taken or released (expected: still collected)");
        }
        return pieces == null && copied != null ? copied : joined();
    }

    /** The whole body; from now on the caller owns it. */
    ByteBuf take() {
        ByteBuf whole = whole();
        pieces = null;
        copied = null;
        settle();
        return whole;
    }

    /** Gives up what was collected and not taken. Idempotent. */
    void release() {
        if (!isOver) {
            if (pieces != null) {
                pieces.release();
                pieces = null;
            }
            if (copied != null) {
                copied.release();
                copied = null;
            }
            settle();
        }
    }

    /** Where the next bytes, already counted, are copied to. */
    private ByteBuf room(int more) {
        ByteBuf into = copied;
        if (into == null) {
            into = allocator.buffer(pieces == null ? firstRoom(more) : Math.max(more, DEFAULT_ROOM_BYTES));
            copied = into;
        }
        return into;
    }

    private int firstRoom(int more) {
        long missing = announcedBytes < 0 ? DEFAULT_ROOM_BYTES : announcedBytes - (counted - more);
        return (int) Math.min(missing, MAX_ROOM_BYTES);
    }

    /** The pieces, what was copied as the last of them. */
    private CompositeByteBuf joined() {
        CompositeByteBuf all = pieces;
        if (all == null) {
            all = allocator.compositeBuffer(Integer.MAX_VALUE);
            pieces = all;
        }
        ByteBuf last = copied;
        if (last != null) {
            copied = null;
            all.addComponent(true, last);
        }
        return all;
    }

    private void settle() {
        isOver = true;
        account.giveBack(counted);
        counted = 0;
    }
}
