package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** The octets of one element of a head as they come, and which of them may stand where (RFC 9110 §5, RFC 9112 §3). */
final class Octets {

    private static final int FIRST_BYTES = 64;

    /** So many octets are looked at together. */
    private static final int RUN_BYTES = 64;

    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    private static final boolean[] TOKEN = table(Octets::isTokenChar);
    private static final boolean[] VISIBLE = table(c -> c > ' ' && c < 0x7f);
    private static final boolean[] TEXT = table(c -> c == '\t' || (c >= ' ' && c != 0x7f));

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

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

    /** Takes tokens' octets from {@code in} as far as they go, at most so many; how many those were. */
    int addToken(ByteBuf in, int most) {
        return addRun(in, most, TOKEN);
    }

    /** The same for visible octets. */
    int addVisible(ByteBuf in, int most) {
        return addRun(in, most, VISIBLE);
    }

    /** The same for text. */
    int addText(ByteBuf in, int most) {
        return addRun(in, most, TEXT);
    }

    int length() {
        return length;
    }

    /** Takes what was added, blanks at its end left out. */
    String takeText() {
        while (length > 0 && isBlank(bytes[length - 1])) {
            length--;
        }
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        length = 0;
        return text;
    }

    AsciiString takeAscii() {
        AsciiString text = new AsciiString(bytes, 0, length, true);
        length = 0;
        return text;
    }

    /** Copied first and looked at then: a check of the buffer's bounds for many octets instead of one for each. */
    private int addRun(ByteBuf in, int most, boolean[] allowed) {
        int from = in.readerIndex();
        int left = Math.min(in.readableBytes(), most);
        int taken = 0;
        boolean isRun = true;
        while (isRun && left > 0) {
            int count = Math.min(left, RUN_BYTES);
            reserve(count);
            in.getBytes(from + taken, bytes, length, count);
            int run = runOf(allowed, count);
            length += run;
            taken += run;
            left -= run;
            isRun = run == count;
        }
        in.readerIndex(from + taken);
        return taken;
    }

    private int runOf(boolean[] allowed, int count) {
        int run = 0;
        while (run < count && allowed[bytes[length + run] & 0xff]) {
            run++;
        }
        return run;
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
