package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** The octets of one element of a head as they come, and which of them may stand where (RFC 9110 §5, RFC 9112 §3). */
final class Octets {

    private static final int FIRST_BYTES = 64;

    /** So many octets are looked at together. */
    private static final int WINDOW_BYTES = 1024;

    private static final byte[] EMPTY = {};

    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    private static final boolean[] TOKEN = table(Octets::isTokenChar);
    private static final boolean[] VISIBLE = table(c -> c > ' ' && c < 0x7f);
    private static final boolean[] TEXT = table(c -> c == '\t' || (c >= ' ' && c != 0x7f));

    /** Copied from the buffer at once: a check of its bounds for many octets instead of one for each. */
    private static final FastThreadLocal<byte[]> WINDOWS = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[WINDOW_BYTES];
        }
    };

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;
    private byte[] window = EMPTY;
    private int windowAt;
    private int windowEnd;

    static boolean isToken(byte octet) {
        return TOKEN[octet & 0xff];
    }

    /** Visible ASCII. */
    static boolean isVisible(byte octet) {
        return VISIBLE[octet & 0xff];
    }

    /** What may stand in a field's value or a quoted string: anything but controls, save the tab. */
    static boolean isText(byte octet) {
        return TEXT[octet & 0xff];
    }

    static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    /** The number that a hexadecimal digit stands for; negative if it is none. */
    static int hex(byte octet) {
        return Character.digit(octet, 16);
    }

    void add(byte octet) {
        reserve(1);
        bytes[length++] = octet;
    }

    /**
     * Looks at what comes next, at most so many octets, until {@link #leave}.
     *
     * @return how many can be seen now
     */
    int look(ByteBuf in, int most) {
        window = WINDOWS.get();
        windowAt = 0;
        windowEnd = Math.min(Math.min(in.readableBytes(), most), WINDOW_BYTES);
        in.getBytes(in.readerIndex(), window, 0, windowEnd);
        return windowEnd;
    }

    /** Whether an octet can be seen that was not taken. */
    boolean hasNext() {
        return windowAt < windowEnd;
    }

    byte next() {
        return window[windowAt++];
    }

    /** Reads what was taken off the buffer; how many octets that was. */
    int leave(ByteBuf in) {
        int taken = windowAt;
        in.skipBytes(taken);
        window = EMPTY;
        windowAt = 0;
        windowEnd = 0;
        return taken;
    }

    /** Adds octets of a token as far as they go. */
    void addToken() {
        addRun(TOKEN);
    }

    /** The same for visible octets. */
    void addVisible() {
        addRun(VISIBLE);
    }

    /** The same for text. */
    void addText() {
        addRun(TEXT);
    }

    int length() {
        return length;
    }

    /** Takes what was added, blanks at its end left out. */
    String takeText() {
        trim();
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        length = 0;
        return text;
    }

    /**
     * The same, as octets.
     *
     * @param usual what it is if it is what it was the last time
     */
    AsciiString takeOctets(AsciiString usual) {
        trim();
        boolean isUsual = length == usual.length()
                && Arrays.equals(
                        bytes, 0, length, usual.array(), usual.arrayOffset(), usual.arrayOffset() + usual.length());
        AsciiString text = isUsual ? usual : new AsciiString(bytes, 0, length, true);
        length = 0;
        return text;
    }

    private void trim() {
        while (length > 0 && isBlank(bytes[length - 1])) {
            length--;
        }
    }

    private void addRun(boolean[] allowed) {
        int from = windowAt;
        int to = from;
        while (to < windowEnd && allowed[window[to] & 0xff]) {
            to++;
        }
        reserve(to - from);
        System.arraycopy(window, from, bytes, length, to - from);
        length += to - from;
        windowAt = to;
    }

    private void reserve(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
    }

    private static boolean isTokenChar(int c) {
        return (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || TOKEN_SIGNS.indexOf(c) >= 0;
    }

    private static boolean[] table(IntPredicate allowed) {
        boolean[] table = new boolean[256];
        for (int c = 0; c < table.length; c++) {
            table[c] = allowed.test(c);
        }
        return table;
    }
}
