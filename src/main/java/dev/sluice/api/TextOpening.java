package dev.sluice.api;

import java.io.Writer;

/**
 * The beginning of a text, blanks apart: enough to tell one answer from another, and too little to suffer from what
 * clients trim. What is written passes on. Confined to its owner.
 */
final class TextOpening extends Writer {

    private static final int MOST_CHARS = 64;

    private final TextHash all;
    private final TextHash opening = new TextHash();
    private long hash;
    private boolean isLong;

    /**
     * Begun.
     *
     * @param all gets everything
     */
    TextOpening(TextHash all) {
        this.all = all;
    }

    /** Forgets what has come. */
    void begin() {
        opening.finish();
        hash = 0;
        isLong = false;
    }

    /** Whether there was as much text as is looked at. */
    boolean isLong() {
        return isLong;
    }

    boolean isWanted() {
        return hash == 0;
    }

    /** Of what has come; 0 if that is nothing but blanks. Closes the opening. */
    long hash() {
        if (hash == 0 && opening.length() > 0) {
            hash = opening.finish();
        }
        return hash;
    }

    @Override
    public void write(char[] text, int from, int count) {
        for (int i = from; i < from + count && isWanted(); i++) {
            take(text[i]);
        }
        all.write(text, from, count);
    }

    @Override
    public void write(String text, int from, int count) {
        for (int i = from; i < from + count && isWanted(); i++) {
            take(text.charAt(i));
        }
        all.write(text, from, count);
    }

    private void take(char character) {
        if (!Character.isWhitespace(character)) {
            opening.write(character);
            if (opening.length() == MOST_CHARS) {
                isLong = true;
                hash();
            }
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
