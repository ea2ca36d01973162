package dev.sluice.api;

import java.io.Writer;

/** Takes the text of JSON strings, as characters or as the UTF-8 that they stand for. Confined to its owner. */
abstract class TextSink extends Writer {

    /** Takes text that needs no decoding. */
    abstract void writeUtf8(byte[] text, int from, int to);

    @Override
    public final void flush() {
        // Nothing is kept back.
    }

    @Override
    public final void close() {
        // Nothing is open.
    }
}
