package dev.sluice.api;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.IOException;
import java.io.Writer;

/**
 * Jackson's parser with a short way for long strings, which are most of a prompt: a {@link TextSink} gets them from where they
 * stand, runs between escapes as they are, instead of decoded into a copy. Anything that is wrong with a string is left to
 * Jackson to say, save that bytes which are no UTF-8 pass. Confined to its caller.
 */
final class TextJsonParser extends UTF8StreamJsonParser {

    TextJsonParser(IOContext context, int features, ByteQuadsCanonicalizer names, Input input) {
        super(context, features, null, null, names, input.data, input.start, input.end, input.skipped, false);
    }

    /** What to parse. */
    static final class Input {

        private final byte[] data;
        private final int start;
        private final int end;
        private final int skipped;

        /**
         * @param start index of the first byte
         * @param end index behind the last one
         * @param skipped how many bytes before the first count in locations
         */
        Input(byte[] data, int start, int end, int skipped) {
            this.data = data;
            this.start = start;
            this.end = end;
            this.skipped = skipped;
        }
    }

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
            at = sink.writePlain(bytes, at, end);
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
