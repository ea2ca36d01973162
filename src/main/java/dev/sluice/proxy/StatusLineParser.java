package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/**
 * Reads a status line in whatever pieces it comes (RFC 9112 §4): a version, one space, three digits, one space, a reason that
 * may be empty, CRLF. The space before an empty reason may be missing, as some servers leave it out. Confined to one event
 * loop.
 */
final class StatusLineParser {

    private static final String VERSION_START = "HTTP/1.";

    private final int maxBytes;
    private final Octets text;
    private Part part = Part.VERSION;
    private int bytes;
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private int versionOctets;
    private int code;
    private HttpResponseStatus status = HttpResponseStatus.OK;

    /**
     * @param maxBytes longest line
     * @param text empty between two lines, and free for others then
     */
    StatusLineParser(int maxBytes, Octets text) {
        this.maxBytes = maxBytes;
        this.text = text;
    }

    private enum Part {
        VERSION,
        CODE,
        REASON,
        LINE_END
    }

    HttpVersion version() {
        return version;
    }

    HttpResponseStatus status() {
        return status;
    }

    /** Reads on; true once the line has ended, and the parser is ready for the next one. */
    boolean read(ByteBuf in) throws MalformedException {
        while (in.isReadable()) {
            require(text.look(in, maxBytes - bytes) > 0);
            boolean isWhole = readWindow();
            bytes += text.leave(in);
            if (isWhole) {
                part = Part.VERSION;
                bytes = 0;
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
            if (part == Part.REASON) {
                text.addText();
            }
        }
        return false;
    }

    /** Takes the next octet; true if it is the last of the line. */
    private boolean take(byte octet) throws MalformedException {
        switch (part) {
            case VERSION -> onVersion(octet);
            case CODE -> onCode(octet);
            case REASON -> onReason(octet);
            case LINE_END -> {
                require(octet == '\n');
                return true;
            }
        }
        return false;
    }

    private void onVersion(byte octet) throws MalformedException {
        int index = versionOctets++;
        if (index < VERSION_START.length()) {
            require(octet == VERSION_START.charAt(index));
        } else if (index == VERSION_START.length()) {
            require(octet == '0' || octet == '1');
            version = octet == '1' ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
        } else {
            require(octet == ' ');
            versionOctets = 0;
            code = 0;
            part = Part.CODE;
        }
    }

    private void onCode(byte octet) throws MalformedException {
        if (code < 100) {
            require(octet >= '0' && octet <= '9' && (code > 0 || (octet >= '1' && octet <= '5')));
            code = code * 10 + octet - '0';
        } else if (octet == ' ') {
            part = Part.REASON;
        } else {
            onReason(octet);
        }
    }

    private void onReason(byte octet) throws MalformedException {
        if (octet == '\r') {
            status = HttpResponseStatus.valueOf(code, text.takeText());
            part = Part.LINE_END;
        } else {
            require(part == Part.REASON && Octets.isText(octet));
            text.add(octet);
        }
    }

    private static void require(boolean isValid) throws MalformedException {
        if (!isValid) {
            throw MalformedException.of("the status line is not valid");
        }
    }
}
