package dev.sluice.api;

import dev.sluice.agent.Chain;
import java.io.Writer;

/**
 * Hash of text that comes in pieces, wherever it is cut; four characters at a time. Keeps none of it. Confined to its
 * owner.
 */
final class TextHash extends Writer {

    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private long hash;
    private long pending;
    private int length;

    /** Hash of a whole text, never 0. */
    static long of(String text) {
        TextHash hash = new TextHash();
        hash.write(text, 0, text.length());
        return hash.finish();
    }

    @Override
    public void write(char[] text, int from, int count) {
        int at = from;
        int end = from + count;
        while (at < end && (length & 3) != 0) {
            add(text[at++]);
        }
        int whole = (end - at) & ~3;
        long sum = hash;
        for (int stop = at + whole; at < stop; at += 4) {
            long four =
                    text[at] | ((long) text[at + 1] << 16) | ((long) text[at + 2] << 32) | ((long) text[at + 3] << 48);
            sum = (sum ^ four) * SPREAD;
            sum ^= sum >>> 32;
        }
        hash = sum;
        length += whole;
        while (at < end) {
            add(text[at++]);
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

    private void add(char character) {
        pending |= (long) character << (16 * (length & 3));
        if ((++length & 3) == 0) {
            hash = (hash ^ pending) * SPREAD;
            hash ^= hash >>> 32;
            pending = 0;
        }
    }

    /** Characters taken since the start or the last {@link #finish}. */
    int length() {
        return length;
    }

    /** Hash of what has come since the last call, never 0. */
    long finish() {
        long whole = Chain.join(Chain.join(hash, pending), length);
        hash = 0;
        pending = 0;
        length = 0;
        return whole == 0 ? 1 : whole;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
