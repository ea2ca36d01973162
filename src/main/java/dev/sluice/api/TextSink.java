package dev.sluice.api;

import java.io.Writer;

/**
 * Takes the text of JSON strings as UTF-8, in pieces that may be cut anywhere, and characters as the UTF-8 that they stand for.
 * Confined to its owner.
 */
abstract class TextSink extends Writer {

    private char highSurrogate;

    /** The next bytes of the text. */
    abstract void take(byte[] utf8, int from, int to);

    /** The next byte of the text. */
    abstract void take(byte octet);

    final void writeUtf8(byte[] text, int from, int to) {
        if (from < to) {
            endSurrogate();
            take(text, from, to);
        }
    }

    @Override
    public final void write(char[] text, int from, int count) {
        for (int i = from; i < from + count; i++) {
            write(text[i]);
        }
    }

    @Override
    public final void write(String text, int from, int count) {
        for (int i = from; i < from + count; i++) {
            write(text.charAt(i));
        }
    }

    @Override
    public final void write(int character) {
        if (character < 0x80 && highSurrogate == 0) {
            take((byte) character);
        } else {
            encode((char) character);
        }
    }

    @Override
    public final void flush() {
        // Nothing is kept back.
    }

    @Override
    public final void close() {
        // Nothing is open.
    }

    private void encode(char character) {
        if (highSurrogate != 0 && Character.isLowSurrogate(character)) {
            takeFour(Character.toCodePoint(highSurrogate, character));
            highSurrogate = 0;
            return;
        }
        endSurrogate();
        if (character < 0x80) {
            take((byte) character);
        } else if (character < 0x800) {
            take((byte) (0xC0 | character >> 6));
            take((byte) (0x80 | (character & 0x3F)));
        } else if (Character.isHighSurrogate(character)) {
            highSurrogate = character;
        } else {
            takeThree(character);
        }
    }

    /** A surrogate that stands alone is no character, and counts as if it were one. */
    final void endSurrogate() {
        if (highSurrogate != 0) {
            takeThree(highSurrogate);
            highSurrogate = 0;
        }
    }

    private void takeThree(char character) {
        take((byte) (0xE0 | character >> 12));
        take((byte) (0x80 | (character >> 6 & 0x3F)));
        take((byte) (0x80 | (character & 0x3F)));
    }

    private void takeFour(int codePoint) {
        take((byte) (0xF0 | codePoint >> 18));
        take((byte) (0x80 | (codePoint >> 12 & 0x3F)));
        take((byte) (0x80 | (codePoint >> 6 & 0x3F)));
        take((byte) (0x80 | (codePoint & 0x3F)));
    }
}
