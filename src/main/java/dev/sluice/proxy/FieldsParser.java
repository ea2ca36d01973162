package dev.sluice.proxy;

import dev.sluice.api.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads header or trailer fields in whatever pieces they come, up to the empty line behind them (RFC 9112 §5). What other
 * readers take in more than one way is refused: a line folded, a blank before the colon, a line that ends in LF alone, a
 * control within a value. Confined to one event loop.
 */
final class FieldsParser {

    private static final int MAX_REMEMBERED = 32;

    private static final int MAX_REMEMBERED_BYTES = 256;

    /** Values of these are not remembered: a connection that rests has no need of its client's credential. */
    private static final List<AsciiString> SECRET = Stream.of("authorization", "x-api-key", "api-key", "cookie")
            .map(AsciiString::cached)
            .toList();

    private final int maxBytes;
    private final Octets text;
    private HttpHeaders fields = HopByHop.emptyFields();
    private AsciiString name = AsciiString.EMPTY_STRING;
    private Part part = Part.LINE;
    private int bytes;

    /** Fields of this section so far. */
    private int count;

    /**
     * Names and values of the section before by their places. One connection's messages begin much alike, and what is the same
     * again is not made again.
     */
    private AsciiString[] usual = {};

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
            if (text.look(in, maxBytes - bytes) == 0) {
                throw new MalformedException(
                        ErrorReply.of(ErrorCode.FIELDS_TOO_LARGE, "the header fields are too large"));
            }
            boolean isWhole = readWindow();
            bytes += text.leave(in);
            if (isWhole) {
                return true;
            }
        }
        return false;
    }

    private boolean readWindow() throws MalformedException {
        while (text.hasNext()) {
            if (take(text.next())) {
                return true;
            }
            if (part == Part.NAME) {
                text.addToken();
            } else if (part == Part.VALUE) {
                text.addText();
            }
        }
        return false;
    }

    /** The fields of the section that has ended; the parser is ready for the next one. */
    HttpHeaders take() {
        HttpHeaders taken = fields;
        fields = HopByHop.emptyFields();
        part = Part.LINE;
        bytes = 0;
        count = 0;
        return taken;
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
            name = text.takeOctets(usual(2 * count));
            part = Part.BEFORE_VALUE;
        } else {
            require(Octets.isToken(octet));
            text.add(octet);
        }
    }

    private void onValue(byte octet) throws MalformedException {
        if (octet == '\r') {
            AsciiString value = text.takeOctets(usual(2 * count + 1));
            fields.add(name, value);
            remember(value);
            part = Part.LINE_END;
        } else {
            require(Octets.isText(octet));
            text.add(octet);
        }
    }

    /** What stood there in the section before. */
    private AsciiString usual(int place) {
        return place < usual.length ? usual[place] : AsciiString.EMPTY_STRING;
    }

    private void remember(AsciiString value) {
        int place = 2 * count++;
        if (count <= MAX_REMEMBERED && name.length() + value.length() <= MAX_REMEMBERED_BYTES) {
            if (place >= usual.length) {
                int known = usual.length;
                // Large ones before it have no place yet.
                usual = Arrays.copyOf(usual, Math.max(8, 2 * place));
                Arrays.fill(usual, known, usual.length, AsciiString.EMPTY_STRING);
            }
            usual[place] = name;
            usual[place + 1] = isSecret() ? AsciiString.EMPTY_STRING : value;
        }
    }

    private boolean isSecret() {
        for (AsciiString secret : SECRET) {
            if (secret.contentEqualsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    private static void require(boolean isValid) throws MalformedException {
        if (!isValid) {
            throw MalformedException.of("a header field is not valid");
        }
    }
}
