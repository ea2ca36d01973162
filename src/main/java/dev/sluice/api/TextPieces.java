package dev.sluice.api;

import java.io.Writer;
import java.util.function.LongConsumer;

/** Cuts text into pieces of one size and tells the hash of each; an incomplete last one is dropped. Confined to its owner. */
final class TextPieces extends Writer {

    private final TextHash hash = new TextHash();
    private final int pieceChars;
    private final LongConsumer pieces;

    TextPieces(int pieceChars, LongConsumer pieces) {
        this.pieceChars = pieceChars;
        this.pieces = pieces;
    }

    @Override
    public void write(char[] text, int from, int count) {
        int end = from + count;
        for (int at = from; at < end; ) {
            int part = Math.min(end - at, pieceChars - hash.length());
            hash.write(text, at, part);
            at += part;
            if (hash.length() == pieceChars) {
                pieces.accept(hash.finish());
            }
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
