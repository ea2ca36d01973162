package dev.sluice.api;

import java.io.Writer;

/**
 * What is left of a text without its digits, wherever they stand: the same for two texts that differ in a clock or a counter
 * alone. A sum, since order would cost more and tells little more. What is written passes on. Confined to its owner.
 */
final class TextShape extends Writer {

    private final TextHash all;
    private long sum;

    /**
     * Begun.
     *
     * @param all gets everything
     */
    TextShape(TextHash all) {
        this.all = all;
    }

    /** Of all that has come. */
    long sum() {
        return sum;
    }

    @Override
    public void write(char[] text, int from, int count) {
        long added = 0;
        for (int i = from; i < from + count; i++) {
            int character = text[i];
            added += (character - '0' & 0xffff) < 10 ? 0 : (long) character * character + 1;
        }
        sum += added;
        all.write(text, from, count);
    }

    @Override
    public void write(String text, int from, int count) {
        write(text.toCharArray(), from, count);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
