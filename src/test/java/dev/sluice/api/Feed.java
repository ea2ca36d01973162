package dev.sluice.api;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Feeds an answer to a reader in pieces, collects what passes on, and holds everyone to who owns what. */
final class Feed {

    private final AnswerReader reader;
    private final List<ByteBuf> given = new ArrayList<>();
    private final ByteArrayOutputStream passed = new ByteArrayOutputStream();

    Feed(AnswerReader reader) {
        this.reader = reader;
    }

    static byte[] sample(String name) {
        try (InputStream in = Feed.class.getResourceAsStream("/api/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("name: " + name + " (expected: a file in src/test/resources/api)");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What passed on when the whole was fed in pieces of one size, the last one maybe smaller. */
    static byte[] inPieces(AnswerReader reader, byte[] whole, int pieceBytes) {
        Feed feed = new Feed(reader);
        for (int from = 0; from < whole.length; from += pieceBytes) {
            feed.give(whole, from, Math.min(pieceBytes, whole.length - from));
        }
        return feed.end();
    }

    /** What passed on when the whole was cut once. */
    static byte[] cutAt(AnswerReader reader, byte[] whole, int cut) {
        Feed feed = new Feed(reader);
        feed.give(whole, 0, cut);
        feed.give(whole, cut, whole.length - cut);
        return feed.end();
    }

    void give(byte[] bytes, int from, int length) {
        // Bytes before and behind that do not belong to it, as buffers from a socket have them.
        ByteBuf in = Unpooled.buffer(length + 4).writeShort(0x0A0A).writeBytes(bytes, from, length);
        in.skipBytes(2);
        given.add(in);
        pass(reader.onBytes(in));
    }

    /** Bytes that have passed on so far. */
    byte[] passed() {
        return passed.toByteArray();
    }

    byte[] end() {
        pass(reader.onEnd());
        reader.release();
        requireNoLeak();
        return passed();
    }

    void breakOff() {
        reader.release();
        reader.release();
        requireNoLeak();
    }

    private void requireNoLeak() {
        for (ByteBuf in : given) {
            if (in.refCnt() != 0) {
                throw new AssertionError("a buffer was not released: " + in);
            }
        }
    }

    private void pass(ByteBuf out) {
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        passed.writeBytes(bytes);
        out.release();
    }
}
