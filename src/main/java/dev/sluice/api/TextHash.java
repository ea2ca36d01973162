package dev.sluice.api;

import dev.sluice.agent.Chain;

/**
 * Hash of text that comes in pieces, wherever it is cut and whether as characters or as UTF-8: eight bytes of its UTF-8 at a
 * time, in two halves that take turns and do not wait for each other. Keeps none of it. Confined to its owner.
 */
final class TextHash extends TextSink {

    private static final long SPREAD = 0x9E3779B97F4A7C15L;

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
    int writePlain(byte[] text, int from, int to) {
        endSurrogate();
        int shift = 8 * (length % Long.BYTES);
        long first = next;
        long second = other;
        long carry = pending;
        long found = 0;
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            long word = Words.at(text, at);
            found = Words.specials(word);
            if (found != 0) {
                break;
            }
            long mixed = mixed(first, carry | (word << shift));
            first = second;
            second = mixed;
            carry = shift == 0 ? 0 : word >>> (Long.SIZE - shift);
        }
        next = first;
        other = second;
        pending = carry;
        length += at - from;
        return found == 0 ? addOneByOne(text, at, to) : addSome(text, at, Words.before(found));
    }

    /** Adds fewer bytes than a word has, of a word that is there; index behind them. */
    private int addSome(byte[] text, int from, int count) {
        long word = Words.at(text, from) & ((1L << (8 * count)) - 1);
        int shift = 8 * (length % Long.BYTES);
        pending |= word << shift;
        length += count;
        if (shift + 8 * count >= Long.SIZE) {
            endWord();
            pending = word >>> (Long.SIZE - shift);
        }
        return from + count;
    }

    private int addOneByOne(byte[] text, int from, int to) {
        int at = from;
        while (at < to && text[at] != '"' && text[at] != '\\' && (text[at] < 0 || text[at] >= ' ')) {
            add(text[at++]);
        }
        return at;
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
        pending |= (octet & 0xFFL) << (8 * (length % Long.BYTES));
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
        return mixed ^ (mixed >>> 32);
    }
}
