package dev.sluice.api;

import java.util.function.LongConsumer;

/** Cuts text into pieces of one size and tells the hash of each; an incomplete last one is dropped. Confined to its owner. */
final class TextPieces extends TextSink {

    private final TextHash hash = new TextHash();
    private final int pieceBytes;
    private final LongConsumer pieces;
    private int length;

    TextPieces(int pieceBytes, LongConsumer pieces) {
        this.pieceBytes = pieceBytes;
        this.pieces = pieces;
    }

    @Override
    void take(byte[] utf8, int from, int to) {
        for (int at = from; at < to; ) {
            int part = Math.min(to - at, pieceBytes - length);
            hash.take(utf8, at, at + part);
            at += part;
            grow(part);
        }
    }

    @Override
    void take(byte octet) {
        hash.take(octet);
        grow(1);
    }

    private void grow(int count) {
        length += count;
        if (length == pieceBytes) {
            pieces.accept(hash.finish());
            length = 0;
        }
    }
}
