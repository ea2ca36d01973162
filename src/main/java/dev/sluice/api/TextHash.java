package dev.sluice.api;

import dev.sluice.agent.Chain;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Hash of text that comes in pieces, wherever it is cut and whether as characters or as UTF-8: eight bytes of its UTF-8 at a
 * time, in two halves that take turns and do not wait for each other. Keeps none of it. Confined to its owner.
 */
final class TextHash extends TextSink {

    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The half whose turn is next, and the other one. */
    private long next;

    private long other;

    /** Bytes of a word that is not whole, the first one lowest. */
    private long pending;

    private int length;
    private char highSurrogate;

    /** Hash of a whole text, never 0. */
    static long of(String text) {
        TextHash hash = new TextHash();
        hash.write(text, 0, text.length());
        return hash.finish();
    }

    @Override
    void writeUtf8(byte[] text, int from, int to) {
        endSurrogate();
        int shift = 8 * (length % Long.BYTES);
        long first = next;
        long second = other;
        long carry = pending;
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            long word = (long) WORDS.get(text, at);
            long mixed = mixed(first, carry | word << shift);
            first = second;
            second = mixed;
            carry = shift == 0 ? 0 : word >>> (Long.SIZE - shift);
        }
        next = first;
        other = second;
        pending = carry;
        length += at - from;
        addRest(text, at, to);
    }

    /** Fewer bytes than a word has. */
    private void addRest(byte[] text, int from, int to) {
        int count = to - from;
        if (count > 0 && from + Long.BYTES <= text.length) {
            long word = (long) WORDS.get(text, from) & ((1L << 8 * count) - 1);
            int shift = 8 * (length % Long.BYTES);
            pending |= word << shift;
            length += count;
            if (shift + 8 * count >= Long.SIZE) {
                endWord();
                pending = word >>> (Long.SIZE - shift);
            }
        } else {
            for (int i = from; i < to; i++) {
                add(text[i]);
            }
        }
    }

    @Override
    public void write(char[] text, int from, int count) {
        for (int i = from; i < from + count; i++) {
            add(text[i]);
        }
    }

    @Override
    public void write(String text, int from, int count) {
        for (int i = from; i < from + count; i++) {
            add(text.charAt(i));
        }
    }

    @Override
    public void write(int character) {
        add((char) character);
    }

    /** Hash of what has come since the last call, never 0. */
    long finish() {
        endSurrogate();
        long whole = Chain.join(Chain.join(next, other), Chain.join(pending, length));
        next = 0;
        other = 0;
        pending = 0;
        length = 0;
        return whole == 0 ? 1 : whole;
    }

    private void add(char character) {
        if (highSurrogate != 0 && Character.isLowSurrogate(character)) {
            addFour(Character.toCodePoint(highSurrogate, character));
            highSurrogate = 0;
            return;
        }
        endSurrogate();
        if (character < 0x80) {
            add((byte) character);
        } else if (character < 0x800) {
            add((byte) (0xC0 | character >> 6));
            add((byte) (0x80 | (character & 0x3F)));
        } else if (Character.isHighSurrogate(character)) {
            highSurrogate = character;
        } else {
            addThree(character);
        }
    }

    /** A surrogate that stands alone is no character, and counts as if it were one. */
    private void endSurrogate() {
        if (highSurrogate != 0) {
            addThree(highSurrogate);
            highSurrogate = 0;
        }
    }

    private void addThree(char character) {
        add((byte) (0xE0 | character >> 12));
        add((byte) (0x80 | (character >> 6 & 0x3F)));
        add((byte) (0x80 | (character & 0x3F)));
    }

    private void addFour(int codePoint) {
        add((byte) (0xF0 | codePoint >> 18));
        add((byte) (0x80 | (codePoint >> 12 & 0x3F)));
        add((byte) (0x80 | (codePoint >> 6 & 0x3F)));
        add((byte) (0x80 | (codePoint & 0x3F)));
    }

    private void add(byte octet) {
        pending |= (octet & 0xFFL) << 8 * (length % Long.BYTES);
        if (++length % Long.BYTES == 0) {
            endWord();
        }
    }

    private void endWord() {
        long mixed = mixed(next, pending);
        next = other;
        other = mixed;
        pending = 0;
    }

    private static long mixed(long hash, long word) {
        long mixed = (hash ^ word) * SPREAD;
        return mixed ^ mixed >>> 32;
    }
}
