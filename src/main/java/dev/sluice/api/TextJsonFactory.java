package dev.sluice.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.io.IOContext;
import java.io.IOException;

/** Makes a {@link TextJsonParser} for whatever is in UTF-8, and Jackson's own for the other encodings. Thread-safe. */
final class TextJsonFactory extends JsonFactory {

    private static final long serialVersionUID = 1L;

    private static final int MARK_BYTES = 3;

    TextJsonFactory(JsonFactoryBuilder settings) {
        super(settings);
    }

    @Override
    protected JsonParser _createParser(byte[] data, int offset, int length, IOContext context) throws IOException {
        int start = offset + (startsWithMark(data, offset, length) ? MARK_BYTES : 0);
        int end = offset + length;
        // Text in UTF-16 or UTF-32 that is JSON has a zero, or the mark of its order, among its first two bytes.
        boolean isUtf8 = end - start >= 2 && data[start] > 0 && data[start + 1] != 0;
        return isUtf8
                ? new TextJsonParser(
                        context,
                        _parserFeatures,
                        _byteSymbolCanonicalizer.makeChild(_factoryFeatures),
                        new TextJsonParser.Input(data, start, end, start - offset))
                : super._createParser(data, offset, length, context);
    }

    private static boolean startsWithMark(byte[] data, int offset, int length) {
        return length >= MARK_BYTES
                && data[offset] == (byte) 0xEF
                && data[offset + 1] == (byte) 0xBB
                && data[offset + 2] == (byte) 0xBF;
    }
}
