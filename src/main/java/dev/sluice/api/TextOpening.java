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
    public void write(int character) {
        if (isWanted()) {
            take((char) character);
        }
        all.write(character);
    }

    @Override
    int writePlain(byte[] text, int from, int to) {
        if (!isWanted()) {
            return all.writePlain(text, from, to);
        }
        int end = all.writePlain(text, from, Math.min(to, from + LOOK_BYTES));
        String decoded = new String(text, from, end - from, StandardCharsets.UTF_8);
        for (int i = 0; i < decoded.length() && isWanted(); i++) {
            take(decoded.charAt(i));
        }
        return end;
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
