package dev.sluice.api;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.IOException;
import java.io.Writer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Jackson's parser with a short way for long strings, which are most of a prompt: a {@link TextSink} gets them from where they
 * stand, runs between escapes as they are, instead of decoded into a copy. Anything that is wrong with a string is left to
 * Jackson to say, save that bytes which are no UTF-8 pass. Confined to its caller.
 */
final class TextJsonParser extends UTF8StreamJsonParser {

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long QUOTES = 0x2222222222222222L;
    private static final long BACKSLASHES = 0x5C5C5C5C5C5C5C5CL;
    private static final long BLANKS = 0x2020202020202020L;

    /** So much is looked through before it is handed on, while the processor still has it. */
    private static final int RUN_BYTES = 4 << 10;

    TextJsonParser(IOContext context, int features, ByteQuadsCanonicalizer names, Input input) {
        super(
                context,
                features,
                null,
                null,
                names,
                input.bytes.array(),
                input.bytes.position(),
                input.bytes.limit(),
                input.skipped,
                false);
    }

    /**
     * What to parse.
     *
     * @param bytes in an array, whose own indexes are its positions
     * @param skipped how many bytes before them count in locations
     */
    record Input(ByteBuffer bytes, int skipped) {}

    @Override
    public int getText(Writer writer) throws IOException {
        if (_tokenIncomplete && currentToken() == JsonToken.VALUE_STRING && writer instanceof TextSink sink) {
            int end = passString(sink);
            if (end >= 0) {
                _inputPtr = end;
                _tokenIncomplete = false;
                return 0;
            }
        }
        return super.getText(writer);
    }

    /** Index behind the closing quote; negative if something is wrong, and the parser still stands at the beginning. */
    private int passString(TextSink sink) throws IOException {
        byte[] bytes = _inputBuffer;
        int end = _inputEnd;
        int at = _inputPtr;
        while (at < end) {
            int stop = endOfRun(bytes, at, Math.min(end, at + RUN_BYTES));
            if (stop > at) {
                sink.writeUtf8(bytes, at, stop);
            }
            at = stop;
            if (at < end && bytes[at] == '"') {
                return at + 1;
            }
            if (at < end && bytes[at] == '\\') {
                int escaped = escaped(bytes, at, end);
                if (escaped < 0) {
                    return -1;
                }
                sink.write(escaped);
                at += bytes[at + 1] == 'u' ? 6 : 2;
            } else if (at < end && bytes[at] >= 0 && bytes[at] < ' ') {
                return -1;
            }
        }
        return -1;
    }

    /** Where the first quote, backslash or control stands; {@code to} if there is none. */
    private static int endOfRun(byte[] bytes, int from, int to) {
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            long word = (long) WORDS.get(bytes, at);
            long quotes = word ^ QUOTES;
            long backslashes = word ^ BACKSLASHES;
            // In each, the lowest high bit that is set belongs to a byte that is 0, or below a blank in the last.
            long found = ((quotes - ONES & ~quotes) | (backslashes - ONES & ~backslashes) | (word - BLANKS & ~word))
                    & HIGH_BITS;
            if (found != 0) {
                return at + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (at < to && bytes[at] != '"' && bytes[at] != '\\' && (bytes[at] < 0 || bytes[at] >= ' ')) {
            at++;
        }
        return at;
    }

    /** The character that an escape stands for; negative if it is none. */
    private static int escaped(byte[] bytes, int at, int end) {
        if (at + 1 >= end) {
            return -1;
        }
        return switch (bytes[at + 1]) {
            case '"', '\\', '/' -> bytes[at + 1];
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> at + 6 <= end ? hex(bytes, at + 2) : -1;
            default -> -1;
        };
    }

    private static int hex(byte[] bytes, int from) {
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = Character.digit(bytes[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
