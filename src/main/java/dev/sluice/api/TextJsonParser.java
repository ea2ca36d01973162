package dev.sluice.api;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/**
 * Jackson's parser with a short way for long strings, which are most of a prompt: a {@link TextSink} gets them from where they
 * stand, a block at a time and eight bytes together, instead of decoded into characters. Anything that is wrong with a string is left to
 * Jackson to say, save that bytes which are no UTF-8 pass. Confined to its caller.
 */
final class TextJsonParser extends UTF8StreamJsonParser {

    /** So much text is handed on at once, or two words more. */
    private static final int PLAIN_BYTES = 4096;

    private static final FastThreadLocal<byte[]> PLAIN = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[PLAIN_BYTES + 2 * Long.BYTES];
        }
    };

    /** By the letter behind a backslash, what it stands for; 0 if that is no character of its own. */
    private static final byte[] MEANT = new byte[128];

    static {
        String letters = "\"\\/ntrbf";
        String meant = "\"\\/\n\t\r\b\f";
        for (int i = 0; i < letters.length(); i++) {
            MEANT[letters.charAt(i)] = (byte) meant.charAt(i);
        }
    }

    /** Text without its escapes, on its way into a sink. */
    private final byte[] plain = PLAIN.get();

    /** Where the value begins that {@link #passKnown} did not know; negative if it is none to be kept. */
    private int unknownFrom = -1;

    private int unknownRow;

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

    /**
     * Passes the object, list or string whose beginning it stands on, if that is known to this thread.
     *
     * @return what came of reading it; null if it is not known
     */
    @Nullable
    Object passKnown(KnownValues.Purpose purpose) throws IOException {
        JsonToken token = currentToken();
        int from = token.isStructStart() || isBeforeString() ? _inputPtr - 1 : _inputEnd;
        unknownFrom = -1;
        if (_inputEnd - from < KnownValues.LEAST_BYTES) {
            return null;
        }
        KnownValues.Known known = KnownValues.ofThread().find(_inputBuffer, from, _inputEnd, purpose);
        if (known == null) {
            unknownFrom = from;
            unknownRow = _currInputRow;
            return null;
        }
        _inputPtr = from + known.length();
        if (token.isStructStart()) {
            _parsingContext = _parsingContext.clearAndGetParent();
            _updateToken(token == JsonToken.START_OBJECT ? JsonToken.END_OBJECT : JsonToken.END_ARRAY);
        } else {
            _tokenIncomplete = false;
        }
        return known.value();
    }

    /** Keeps what came of reading the value that was not known, at whose end it stands now. One in several lines would throw off their count. */
    void keep(KnownValues.Purpose purpose, Object value) {
        int length = _inputPtr - unknownFrom;
        if (unknownFrom >= 0 && length >= KnownValues.LEAST_BYTES && unknownRow == _currInputRow) {
            KnownValues.ofThread().keep(_inputBuffer, unknownFrom, length, _inputEnd, purpose, value);
        }
    }

    @Override
    public int getText(Writer writer) throws IOException {
        if (isBeforeString() && writer instanceof TextSink sink) {
            int end = passString(sink);
            if (end >= 0) {
                _inputPtr = end;
                _tokenIncomplete = false;
                return 0;
            }
        }
        return super.getText(writer);
    }

    private boolean isBeforeString() {
        return _tokenIncomplete && currentToken() == JsonToken.VALUE_STRING;
    }

    /** Index behind the closing quote; negative if something is wrong, and the parser still stands at the beginning. */
    private int passString(TextSink sink) throws IOException {
        byte[] bytes = _inputBuffer;
        int end = _inputEnd;
        int at = _inputPtr;
        while (at < end) {
            at = passBlock(sink, at);
            if (at >= end) {
                return -1;
            }
            byte octet = bytes[at];
            if (octet == '"') {
                return at + 1;
            } else if (octet == '\\') {
                int escaped = escaped(bytes, at, end);
                if (escaped < 0) {
                    return -1;
                }
                sink.write(escaped);
                at += bytes[at + 1] == 'u' ? 6 : 2;
            } else if (octet >= 0 && octet < ' ') {
                return -1;
            }
        }
        return -1;
    }

    /**
     * Hands on a block of text, usual escapes resolved.
     *
     * @return where it ends: at what may not stand in it, or where there is no more room
     */
    private int passBlock(TextSink sink, int from) {
        byte[] bytes = _inputBuffer;
        byte[] text = plain;
        int lastWord = _inputEnd - Long.BYTES;
        int at = from;
        int count = 0;
        while (at <= lastWord && count < PLAIN_BYTES) {
            long word = Words.at(bytes, at);
            Words.put(text, count, word);
            long found = Words.specials(word);
            int plainBytes = found == 0 ? Long.BYTES : Words.before(found);
            at += plainBytes;
            count += plainBytes;
            if (found != 0) {
                byte meant = bytes[at] == '\\' ? meant(bytes, at + 1) : 0;
                if (meant == 0) {
                    break;
                }
                text[count++] = meant;
                at += 2;
            }
        }
        while (at > lastWord && at < _inputEnd && isPlain(bytes[at])) {
            text[count++] = bytes[at++];
        }
        sink.writeUtf8(text, 0, count);
        return at;
    }

    private static boolean isPlain(byte octet) {
        return octet != '"' && octet != '\\' && (octet < 0 || octet >= ' ');
    }

    /** What the letter of an escape means; 0 if that is no character by itself. */
    private byte meant(byte[] bytes, int at) {
        return at < _inputEnd && bytes[at] > 0 ? MEANT[bytes[at]] : 0;
    }

    /** The character that an escape stands for; negative if it is none. */
    private int escaped(byte[] bytes, int at, int end) {
        int meant = meant(bytes, at + 1);
        if (meant != 0) {
            return meant;
        }
        return at + 6 <= end && bytes[at + 1] == 'u' ? hex(bytes, at + 2) : -1;
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
