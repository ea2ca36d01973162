package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/**
 * Reads a request line in whatever pieces it comes (RFC 9112 §3): a token, one space, a target, one space, a version, CRLF;
 * empty lines before it are skipped (§2.2). Confined to one event loop.
 */
final class RequestLineParser {

    private static final int VERSION_LENGTH = 8;

    private final int maxBytes;
    private final Octets text;
    private Part part = Part.BEFORE;
    private int bytes;
    private HttpMethod method = HttpMethod.GET;
    private String target = "";
    private HttpVersion version = HttpVersion.HTTP_1_1;

    /**
     * @param maxBytes longest line, empty lines before it included
     * @param text empty between two lines, and free for others then
     */
    RequestLineParser(int maxBytes, Octets text) {
        this.maxBytes = maxBytes;
        this.text = text;
    }

    private enum Part {
        BEFORE,
        EMPTY_LINE_END,
        METHOD,
        TARGET,
        VERSION,
        LINE_END
    }

    /** Whether nothing of a line has come, so that the peer is between two requests. */
    boolean isAtRest() {
        return part == Part.BEFORE;
    }

    HttpMethod method() {
        return method;
    }

    String target() {
        return target;
    }

    HttpVersion version() {
        return version;
    }

    /** Reads on; true once the line has ended, and the parser is ready for the next one. */
    boolean read(ByteBuf in) throws MalformedException {
        while (in.isReadable()) {
            if (text.look(in, maxBytes - bytes) == 0) {
                throw new MalformedException(
                        ErrorReply.badRequest(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line is too long"));
            }
            boolean isWhole = readWindow();
            bytes += text.leave(in);
            if (isWhole) {
                part = Part.BEFORE;
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
            if (part == Part.METHOD) {
                text.addToken();
            } else if (part == Part.TARGET) {
                text.addVisible();
            }
        }
        return false;
    }

    /** Takes the next octet; true if it is the last of the line. */
    private boolean take(byte octet) throws MalformedException {
        switch (part) {
            case BEFORE -> {
                if (octet == '\r') {
                    part = Part.EMPTY_LINE_END;
                } else {
                    part = Part.METHOD;
                    onMethod(octet);
                }
            }
            case EMPTY_LINE_END -> {
                require(octet == '\n');
                part = Part.BEFORE;
            }
            case METHOD -> onMethod(octet);
            case TARGET -> onTarget(octet);
            case VERSION -> onVersion(octet);
            case LINE_END -> {
                require(octet == '\n');
                return true;
            }
        }
        return false;
    }

    private void onMethod(byte octet) throws MalformedException {
        if (octet == ' ' && text.length() > 0) {
            method = HttpMethod.valueOf(text.takeText());
            part = Part.TARGET;
        } else {
            require(Octets.isToken(octet));
            text.add(octet);
        }
    }

    private void onTarget(byte octet) throws MalformedException {
        if (octet == ' ' && text.length() > 0) {
            target = text.takeText();
            part = Part.VERSION;
        } else {
            require(Octets.isVisible(octet));
            text.add(octet);
        }
    }

    private void onVersion(byte octet) throws MalformedException {
        if (octet == '\r') {
            version = versionOf(text.takeText());
            part = Part.LINE_END;
        } else {
            require(Octets.isVisible(octet) && text.length() < VERSION_LENGTH);
            text.add(octet);
        }
    }

    private static HttpVersion versionOf(String name) throws MalformedException {
        switch (name) {
            case "HTTP/1.1" -> {
                return HttpVersion.HTTP_1_1;
            }
            case "HTTP/1.0" -> {
                return HttpVersion.HTTP_1_0;
            }
            default -> {
                require(name.matches("HTTP/[0-9]\\.[0-9]"));
                throw new MalformedException(ErrorReply.badRequest(
                        HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "only HTTP/1.0 and HTTP/1.1 are spoken here"));
            }
        }
    }

    private static void require(boolean isValid) throws MalformedException {
        if (!isValid) {
            throw MalformedException.of("the request line is not valid");
        }
    }
}
