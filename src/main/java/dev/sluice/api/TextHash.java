package dev.sluice.api;

import dev.sluice.agent.Chain;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Hash of text that comes in pieces, wherever it is cut and whether as characters or as UTF-8: sixteen bytes of its UTF-8 at a
 * time, in two halves that do not wait for each other. Keeps none of it. Confined to its owner.
 */
final class TextHash extends TextSink {

    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int BLOCK_BYTES = 16;

    private long even;
    private long odd;
    private long pendingEven;
    private long pendingOdd;
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
        int at = from;
        while (at < to && length % BLOCK_BYTES != 0) {
            add(text[at++]);
        }
        long first = even;
        long second = odd;
        int stop = at + (to - at) / BLOCK_BYTES * BLOCK_BYTES;
        length += stop - at;
        for (; at < stop; at += BLOCK_BYTES) {
            first = mixed(first, (long) WORDS.get(text, at));
            second = mixed(second, (long) WORDS.get(text, at + Long.BYTES));
        }
        even = first;
        odd = second;
        while (at < to) {
            add(text[at++]);
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
        long halves = Chain.join(Chain.join(even, pendingEven), Chain.join(odd, pendingOdd));
        long whole = Chain.join(halves, length);
        even = 0;
        odd = 0;
        pendingEven = 0;
        pendingOdd = 0;
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
        int index = length++ % BLOCK_BYTES;
        if (index < Long.BYTES) {
            pendingEven |= (octet & 0xFFL) << (8 * index);
        } else {
            pendingOdd |= (octet & 0xFFL) << (8 * (index - Long.BYTES));
        }
        if (index == BLOCK_BYTES - 1) {
            even = mixed(even, pendingEven);
            odd = mixed(odd, pendingOdd);
            pendingEven = 0;
            pendingOdd = 0;
        }
    }

    private static long mixed(long hash, long word) {
        long mixed = (hash ^ word) * SPREAD;
        return mixed ^ mixed >>> 32;
    }
}
