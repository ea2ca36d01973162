package dev.sluice.proxy;

import dev.sluice.api.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

/**
 * Reads header or trailer fields in whatever pieces they come, up to the empty line behind them (RFC 9112 §5). What other
 * readers take in more than one way is refused: a line folded, a blank before the colon, a line that ends in LF alone, a
 * control within a value. Confined to one event loop.
 */
final class FieldsParser {

    private final int maxBytes;
    private final Octets text;
    private HttpHeaders fields = HopByHop.emptyFields();
    private AsciiString name = AsciiString.EMPTY_STRING;
    private Part part = Part.LINE;
    private int bytes;

    /**
     * @param maxBytes largest section, the empty line behind it included
     * @param text empty between two sections, and free for others then
     */
    FieldsParser(int maxBytes, Octets text) {
        this.maxBytes = maxBytes;
        this.text = text;
    }

    private enum Part {
        LINE,
        NAME,
        BEFORE_VALUE,
        VALUE,
        LINE_END,
        SECTION_END
    }

    /** Reads on; true once the section has ended, and {@link #take} has its fields. */
    boolean read(ByteBuf in) throws MalformedException {
        while (in.isReadable()) {
            if (++bytes > maxBytes) {
                throw new MalformedException(
                        ErrorReply.of(ErrorCode.FIELDS_TOO_LARGE, "the header fields are too large"));
            }
            if (take(in.readByte())) {
                return true;
            }
            bytes += takeRun(in);
        }
        return false;
    }

    /** The fields of the section that has ended; the parser is ready for the next one. */
    HttpHeaders take() {
        HttpHeaders taken = fields;
        fields = HopByHop.emptyFields();
        part = Part.LINE;
        bytes = 0;
        return taken;
    }

    /** Takes the octets that only continue what has begun; how many those were. */
    private int takeRun(ByteBuf in) {
        return switch (part) {
            case NAME -> text.addToken(in, maxBytes - bytes);
            case VALUE -> text.addText(in, maxBytes - bytes);
            case LINE, BEFORE_VALUE, LINE_END, SECTION_END -> 0;
        };
    }

    /** Takes the next octet; true if it is the last of the section. */
    private boolean take(byte octet) throws MalformedException {
        switch (part) {
            case LINE -> {
                part = octet == '\r' ? Part.SECTION_END : Part.NAME;
                if (part == Part.NAME) {
                    onName(octet);
                }
            }
            case NAME -> onName(octet);
            case BEFORE_VALUE -> {
                if (!Octets.isBlank(octet)) {
                    part = Part.VALUE;
                    onValue(octet);
                }
            }
            case VALUE -> onValue(octet);
            case LINE_END -> {
                require(octet == '\n');
                part = Part.LINE;
            }
            case SECTION_END -> {
                require(octet == '\n');
                return true;
            }
        }
        return false;
    }

    private void onName(byte octet) throws MalformedException {
        if (octet == ':' && text.length() > 0) {
            name = text.takeAscii();
            part = Part.BEFORE_VALUE;
        } else {
            require(Octets.isToken(octet));
            text.add(octet);
        }
    }

    private void onValue(byte octet) throws MalformedException {
        if (octet == '\r') {
            fields.add(name, text.takeText());
            part = Part.LINE_END;
        } else {
            require(Octets.isText(octet));
            text.add(octet);
        }
    }

    private static void require(boolean isValid) throws MalformedException {
        if (!isValid) {
            throw MalformedException.of("a header field is not valid");
        }
    }
}
