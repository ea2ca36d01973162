package dev.sluice.proxy;

import dev.sluice.api.ErrorCode;
import io.netty.buffer.ByteBuf;

/**
 * Reads what frames the chunks of a body, in whatever pieces it comes (RFC 9112 §7.1). Extensions are checked and dropped,
 * as a recipient must that knows none. Confined to one event loop.
 */
final class ChunkParser {

    /** More digits than any size that is not meant to overflow. */
    private static final int MAX_DIGITS = 15;

    private final int maxExtensionBytes;
    private Part part = Part.SIZE;
    private long size;
    private int digits;
    private int extensionBytes;
    private boolean hasExtension;

    /**
     * @param maxExtensionBytes most that the extensions of one body may be long together
     */
    ChunkParser(int maxExtensionBytes) {
        this.maxExtensionBytes = maxExtensionBytes;
    }

    private enum Part {
        SIZE,
        GAP,
        NAME_START,
        NAME,
        NAME_GAP,
        VALUE_START,
        VALUE,
        QUOTED,
        QUOTED_PAIR,
        VALUE_END,
        LINE_END,
        DATA_END,
        DATA_LINE_END
    }

    /** A new body begins. */
    void start() {
        extensionBytes = 0;
        startChunk();
    }

    /** Bytes of the chunk whose line has ended; 0 for the last one, which has no data. */
    long size() {
        return size;
    }

    /** Whether part of the line before a chunk's data has come, and not its end. */
    boolean isAmidSize() {
        return digits > 0 && part != Part.DATA_END && part != Part.DATA_LINE_END;
    }

    /** Whether extensions stand in the line that is being read or was read last. */
    boolean hasExtension() {
        return hasExtension;
    }

    /** Reads the line before a chunk's data; true once it has ended. */
    boolean readSize(ByteBuf in) throws MalformedException {
        while (in.isReadable()) {
            byte octet = in.readByte();
            if (part == Part.SIZE) {
                onSize(octet);
            } else if (part == Part.LINE_END) {
                require(octet == '\n');
                part = Part.DATA_END;
                return true;
            } else {
                hasExtension = true;
                countExtension();
                onExtension(octet);
            }
        }
        return false;
    }

    /** Reads the line end behind a chunk's data; true once it is whole, and the next chunk may follow. */
    boolean readDataEnd(ByteBuf in) throws MalformedException {
        while (in.isReadable()) {
            byte octet = in.readByte();
            if (part == Part.DATA_END) {
                require(octet == '\r');
                part = Part.DATA_LINE_END;
            } else {
                require(octet == '\n');
                startChunk();
                return true;
            }
        }
        return false;
    }

    private void countExtension() throws MalformedException {
        if (++extensionBytes > maxExtensionBytes) {
            throw new MalformedException(ErrorReply.of(
                    ErrorCode.BODY_TOO_LARGE, "the chunk extensions are longer than " + maxExtensionBytes + " bytes"));
        }
    }

    private void startChunk() {
        part = Part.SIZE;
        size = 0;
        digits = 0;
        hasExtension = false;
    }

    private void onSize(byte octet) throws MalformedException {
        int digit = Octets.hex(octet);
        if (digit >= 0) {
            require(++digits <= MAX_DIGITS);
            size = size << 4 | digit;
        } else {
            require(digits > 0);
            onDelimiter(octet, false, true);
        }
    }

    private void onExtension(byte octet) throws MalformedException {
        switch (part) {
            case GAP -> onDelimiter(octet, false, false);
            case NAME_START -> onStart(octet, Part.NAME);
            case NAME -> {
                if (!Octets.isToken(octet)) {
                    onDelimiter(octet, true, true);
                }
            }
            case NAME_GAP -> onDelimiter(octet, true, false);
            case VALUE_START -> {
                if (octet == '"') {
                    part = Part.QUOTED;
                } else {
                    onStart(octet, Part.VALUE);
                }
            }
            case VALUE -> {
                if (!Octets.isToken(octet)) {
                    onDelimiter(octet, false, true);
                }
            }
            case QUOTED -> {
                require(Octets.isText(octet));
                part = octet == '"' ? Part.VALUE_END : octet == '\\' ? Part.QUOTED_PAIR : Part.QUOTED;
            }
            case QUOTED_PAIR -> {
                require(Octets.isText(octet));
                part = Part.QUOTED;
            }
            case VALUE_END -> onDelimiter(octet, false, true);
            case SIZE, LINE_END, DATA_END, DATA_LINE_END ->
                throw new IllegalStateException("part: " + part + " (expected: one of an extension)");
        }
    }

    /** The first octet of a name or value, or a blank before it. */
    private void onStart(byte octet, Part started) throws MalformedException {
        if (!Octets.isBlank(octet)) {
            require(Octets.isToken(octet));
            part = started;
        }
    }

    private void onDelimiter(byte octet, boolean mayAssign, boolean mayEnd) throws MalformedException {
        switch (octet) {
            case ';' -> part = Part.NAME_START;
            case '=' -> {
                require(mayAssign);
                part = Part.VALUE_START;
            }
            case '\r' -> {
                require(mayEnd);
                part = Part.LINE_END;
            }
            default -> {
                require(Octets.isBlank(octet));
                part = mayAssign ? Part.NAME_GAP : Part.GAP;
            }
        }
    }

    private static void require(boolean isValid) throws MalformedException {
        if (!isValid) {
            throw MalformedException.of("the chunked body is not valid");
        }
    }
}
