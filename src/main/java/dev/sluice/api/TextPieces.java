package dev.sluice.api;

import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/** Cuts text into pieces of one size and tells the hash of each; an incomplete last one is dropped. Confined to its owner. */
final class TextPieces extends TextSink {

    private final TextHash hash = new TextHash();
    private final int pieceChars;
    private final LongConsumer pieces;
    private int chars;

    TextPieces(int pieceChars, LongConsumer pieces) {
        this.pieceChars = pieceChars;
        this.pieces = pieces;
    }

    @Override
    public void write(char[] text, int from, int count) {
        int end = from + count;
        for (int at = from; at < end; ) {
            int part = Math.min(end - at, pieceChars - chars);
            hash.write(text, at, part);
            at += part;
            chars += part;
            if (chars == pieceChars) {
                pieces.accept(hash.finish());
                chars = 0;
            }
        }
    }

    @Override
    int writePlain(byte[] text, int from, int to) {
        int end = from;
        while (end < to && text[end] != '"' && text[end] != '\\' && (text[end] < 0 || text[end] >= ' ')) {
            end++;
        }
        char[] decoded = new String(text, from, end - from, StandardCharsets.UTF_8).toCharArray();
        write(decoded, 0, decoded.length);
        return end;
    }
}
