package dev.sluice.api;

import io.netty.util.concurrent.FastThreadLocal;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What came of reading the values that prompts are made of, messages above all: a conversation sends all that was said again with
 * each step, and what is the same byte for byte needs not be read again. Keeps no text, but a print of the bytes as they stand in
 * the body.
 *
 * <p>Prints multiply words with keys that nobody outside knows, as wyhash does (two words, one of them mixed with its lane's
 * state, to 128 bits whose halves are folded), so that nobody can make a value that passes for another. Bounded in values; one
 * that was pushed out is read again. Confined to its thread.
 */
final class KnownValues {

    /** What a value was read as. */
    enum Purpose {
        /** Of the chat completions and the messages API. */
        MESSAGE(1),
        /** Of the responses API. */
        ITEM(2),
        TOOLS(3),
        SYSTEM(4);

        private final long number;

        Purpose(long number) {
            this.number = number;
        }
    }

    /** A shorter one is read about as soon as it is found. */
    static final int LEAST_BYTES = 64;

    /** Of so many, with two kilobytes for each message, some eighty contexts of a hundred thousand tokens are made. */
    private static final int MOST_VALUES = 1 << 14;

    private static final int WAYS = 4;

    /** Where the words stand, beside the first eight, that tell values apart which begin alike. */
    private static final int[] FURTHER = {120, 248, 504, 1016};

    private static final int LANE_BYTES = 2 * Long.BYTES;
    private static final int ROUND_BYTES = 4 * LANE_BYTES;

    private static final long[] KEYS = new long[8];

    static {
        SecureRandom chance = new SecureRandom();
        Arrays.setAll(KEYS, i -> chance.nextLong());
    }

    private static final FastThreadLocal<KnownValues> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected KnownValues initialValue() {
            return new KnownValues(MOST_VALUES);
        }
    };

    /** Made of some of a value's bytes and, if it is short, of some behind it. */
    private final long[] addresses;

    private final @Nullable Known[] values;
    private int kept;

    /** @param most a power of two, and no less than four */
    KnownValues(int most) {
        addresses = new long[most];
        values = new Known[most];
    }

    static KnownValues ofThread() {
        return OF_THREAD.get();
    }

    /**
     * A value that was read.
     *
     * @param length in bytes
     * @param print of all its bytes
     * @param value what came of reading it
     */
    record Known(int length, long print, Object value) {}

    /**
     * Looks for a value that was read for the same purpose.
     *
     * @param at its first byte, a brace, bracket or quote; at least {@link #LEAST_BYTES} before the end
     * @param end behind the last byte of the body
     */
    @Nullable
    Known find(byte[] body, int at, int end, Purpose purpose) {
        long address = address(body, at, end, purpose);
        int first = set(address);
        for (int place = first; place < first + WAYS; place++) {
            Known known = addresses[place] == address ? values[place] : null;
            if (known != null && known.length <= end - at && known.print == print(body, at, known.length)) {
                return known;
            }
        }
        return null;
    }

    /**
     * Keeps what came of reading a value, in the place of another.
     *
     * @param length at least {@link #LEAST_BYTES}
     */
    void keep(byte[] body, int at, int length, int end, Purpose purpose, Object value) {
        long address = address(body, at, end, purpose);
        int place = set(address) + kept++ % WAYS;
        addresses[place] = address;
        values[place] = new Known(length, print(body, at, length), value);
    }

    private int set(long address) {
        return (int) address & (values.length - WAYS);
    }

    private static long address(byte[] body, int at, int end, Purpose purpose) {
        long address = purpose.number;
        for (int i = 0; i < LEAST_BYTES; i += LANE_BYTES) {
            address = lane(address, body, at + i, KEYS[i / LANE_BYTES]);
        }
        for (int i = 0; i < FURTHER.length; i += 2) {
            long left = Words.at(body, Math.min(at + FURTHER[i], end - Long.BYTES));
            long right = Words.at(body, Math.min(at + FURTHER[i + 1], end - Long.BYTES));
            address = fold(left ^ KEYS[4 + i], right ^ address);
        }
        return address;
    }

    /** The last round begins early where it would end late. */
    private static long print(byte[] body, int at, int length) {
        long first = KEYS[0];
        long second = KEYS[1];
        long third = KEYS[2];
        long fourth = KEYS[3];
        int lastRound = at + length - ROUND_BYTES;
        for (int round = at; ; round = Math.min(round + ROUND_BYTES, lastRound)) {
            first = lane(first, body, round, KEYS[4]);
            second = lane(second, body, round + LANE_BYTES, KEYS[5]);
            third = lane(third, body, round + 2 * LANE_BYTES, KEYS[6]);
            fourth = lane(fourth, body, round + 3 * LANE_BYTES, KEYS[7]);
            if (round == lastRound) {
                return fold(first ^ KEYS[4], second ^ KEYS[5]) ^ fold(third ^ KEYS[6], fourth ^ KEYS[7]);
            }
        }
    }

    private static long lane(long state, byte[] body, int at, long key) {
        return fold(Words.at(body, at) ^ key, Words.at(body, at + Long.BYTES) ^ state);
    }

    private static long fold(long left, long right) {
        return Math.multiplyHigh(left, right) ^ left * right;
    }
}
