package dev.sluice.api;

import dev.sluice.agent.Chain;

/**
 * Hash of text that comes in pieces, wherever it is cut and whether as characters or as UTF-8: eight bytes of its UTF-8 at a
 * time, in four lanes that take turns and do not wait for each other. Keeps none of it. Confined to its owner.
 */
final class TextHash extends TextSink {

    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /** The lane whose turn is next, and those behind it. */
    private long next;

    private long second;
    private long third;
    private long fourth;

    /** Bytes of a word that is not whole, the first one lowest. */
    private long pending;

    private int length;

    /** Hash of a whole text, never 0. */
    static long of(String text) {
        TextHash hash = new TextHash();
        hash.write(text, 0, text.length());
        return hash.finish();
    }

    @Override
    void take(byte[] utf8, int from, int to) {
        int at = from;
        while (at < to && length % Long.BYTES != 0) {
            take(utf8[at++]);
        }
        at = takeRounds(utf8, at, to);
        while (at < to) {
            take(utf8[at++]);
        }
    }

    /** A word for each lane, as often as that goes; index behind them. */
    private int takeRounds(byte[] utf8, int from, int to) {
        long a = next;
        long b = second;
        long c = third;
        long d = fourth;
        int at = from;
        for (; at + 4 * Long.BYTES <= to; at += 4 * Long.BYTES) {
            a = mixed(a, Words.at(utf8, at));
            b = mixed(b, Words.at(utf8, at + Long.BYTES));
            c = mixed(c, Words.at(utf8, at + 2 * Long.BYTES));
            d = mixed(d, Words.at(utf8, at + 3 * Long.BYTES));
        }
        next = a;
        second = b;
        third = c;
        fourth = d;
        length += at - from;
        return at;
    }

    @Override
    void take(byte octet) {
        pending |= (octet & 0xFFL) << (8 * (length % Long.BYTES));
        if (++length % Long.BYTES == 0) {
            long mixed = mixed(next, pending);
            next = second;
            second = third;
            third = fourth;
            fourth = mixed;
            pending = 0;
        }
    }

    /** Hash of what has come since the last call, never 0. */
    long finish() {
        endSurrogate();
        long lanes = Chain.join(Chain.join(next, second), Chain.join(third, fourth));
        long whole = Chain.join(lanes, Chain.join(pending, length));
        next = 0;
        second = 0;
        third = 0;
        fourth = 0;
        pending = 0;
        length = 0;
        return whole == 0 ? 1 : whole;
    }

    private static long mixed(long hash, long word) {
        long mixed = (hash ^ word) * SPREAD;
        return mixed ^ (mixed >>> 32);
    }
}
