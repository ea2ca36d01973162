package dev.sluice.api;

import java.io.Writer;

/** Takes the text of JSON strings, as characters or as the UTF-8 that they stand for. Confined to its owner. */
abstract class TextSink extends Writer {

    /**
     * Takes what stands in a JSON string as it is, up to the first quote, backslash or control.
     *
     * @return where that stands, or {@code to} if there is none; a part may be left for the next call
     */
    abstract int writePlain(byte[] text, int from, int to);

    @Override
    public final void flush() {
        // Nothing is kept back.
    }

    @Override
    public final void close() {
        // Nothing is open.
    }
}
