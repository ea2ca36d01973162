package dev.sluice.proxy;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The octets of one element of a head as they come, and which of them may stand where (RFC 9110 §5, RFC 9112 §3). */
final class Octets {

    private static final int FIRST_BYTES = 64;

    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (char c : "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    static boolean isToken(byte octet) {
        return TOKEN[octet & 0xff];
    }

    /** Visible ASCII. */
    static boolean isVisible(byte octet) {
        return octet > ' ' && octet < 0x7f;
    }

    /** What may stand in a field's value or a quoted string: anything but controls, save the tab. */
    static boolean isText(byte octet) {
        return octet < 0 || (octet >= ' ' && octet != 0x7f) || octet == '\t';
    }

    static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    /** The number that a hexadecimal digit stands for; negative if it is none. */
    static int hex(byte octet) {
        return Character.digit(octet, 16);
    }

    void add(byte octet) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, length * 2);
        }
        bytes[length++] = octet;
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
}
