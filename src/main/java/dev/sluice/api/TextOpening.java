package dev.sluice.api;

import java.nio.charset.StandardCharsets;

/**
 * The beginning of a text, blanks apart: enough to tell one answer from another, and too little to suffer from what
 * clients trim. What is written passes on. Confined to its owner.
 */
final class TextOpening extends TextSink {

    private static final int MOST_CHARS = 64;

    /** So much of a text is decoded at once to look for it. */
    private static final int LOOK_BYTES = 256;

    private final TextHash all;
    private final TextHash opening = new TextHash();
    private long hash;
    private int chars;
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
        chars = 0;
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
        if (hash == 0 && chars > 0) {
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

    @Override
    void writeUtf8(byte[] text, int from, int to) {
        for (int at = from; at < to && isWanted(); at += LOOK_BYTES) {
            String decoded = new String(text, at, Math.min(LOOK_BYTES, to - at), StandardCharsets.UTF_8);
            for (int i = 0; i < decoded.length() && isWanted(); i++) {
                take(decoded.charAt(i));
            }
        }
        all.writeUtf8(text, from, to);
    }

    private void take(char character) {
        if (!Character.isWhitespace(character)) {
            opening.write(character);
            if (++chars == MOST_CHARS) {
                isLong = true;
                hash();
            }
        }
    }
}
