package dev.sluice.api;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight bytes of an array at once. A search gives a long in which the lowest set bit belongs to the first byte that was looked
 * for, and which is 0 if there is none; bits above it mean nothing.
 */
final class Words {

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long QUOTES = 0x2222222222222222L;
    private static final long QUOTE_OR_BLANK = 0x0202020202020202L;
    private static final long BEHIND_BLANKS = 0x2121212121212121L;
    private static final long BACKSLASHES = 0x5C5C5C5C5C5C5C5CL;
    private static final long LINE_FEEDS = 0x0A0A0A0A0A0A0A0AL;
    private static final long RETURNS = 0x0D0D0D0D0D0D0D0DL;

    private Words() {}

    /** The bytes from {@code index} on, the first one lowest. */
    static long at(byte[] bytes, int index) {
        return (long) WORDS.get(bytes, index);
    }

    static void put(byte[] bytes, int index, long word) {
        WORDS.set(bytes, index, word);
    }

    /**
     * What ends or interrupts a JSON string: a quote, a backslash, a control. Quote and blank change places first, so that a
     * quote stands beside the controls and one comparison finds both.
     */
    static long specials(long word) {
        long low = (word ^ QUOTE_OR_BLANK) - BEHIND_BLANKS;
        long backslash = (word ^ BACKSLASHES) - ONES;
        return (low | backslash) & ~word & HIGH_BITS;
    }

    static long quotes(long word) {
        return zeros(word ^ QUOTES) & HIGH_BITS;
    }

    /** Line feeds and carriage returns. */
    static long lineEnds(long word) {
        return (zeros(word ^ LINE_FEEDS) | zeros(word ^ RETURNS)) & HIGH_BITS;
    }

    /** How many bytes stand before the first that was found. */
    static int before(long found) {
        return Long.numberOfTrailingZeros(found) >>> 3;
    }

    private static long zeros(long word) {
        return (word - ONES) & ~word;
    }
}
