package dev.sluice.api;

/**
 * The beginning of a text, blanks apart: enough to tell one answer from another, and too little to suffer from what
 * clients trim. What is written passes on. Confined to its owner.
 */
final class TextOpening extends TextSink {

    private static final int MOST_BYTES = 64;

    private final TextHash all;
    private final TextHash opening = new TextHash();
    private long hash;
    private int length;
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
        length = 0;
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
        if (hash == 0 && length > 0) {
            hash = opening.finish();
        }
        return hash;
    }

    @Override
    void take(byte[] utf8, int from, int to) {
        for (int i = from; i < to && isWanted(); i++) {
            look(utf8[i]);
        }
        all.take(utf8, from, to);
    }

    @Override
    void take(byte octet) {
        if (isWanted()) {
            look(octet);
        }
        all.take(octet);
    }

    private void look(byte octet) {
        if (!Character.isWhitespace(octet)) {
            opening.take(octet);
            if (++length == MOST_BYTES) {
                isLong = true;
                hash();
            }
        }
    }
}
