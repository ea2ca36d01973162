package dev.sluice.api;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the events in a stream of server-sent events, whatever its line ends are and wherever it is cut. Source: WHATWG
 * HTML, section 9.2.6. Departs from it in two ways: {@code id} and {@code retry} mean nothing here, and an event larger
 * than {@link #MAX_EVENT_BYTES} is not read.
 *
 * <p>Confined to the event loop of its exchange. Owns no buffer.
 */
final class EventScanner {

    static final int MAX_EVENT_BYTES = 1 << 20;

    /** So much is looked at together. */
    private static final int LOOK_BYTES = 256;

    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "event".getBytes(StandardCharsets.US_ASCII);

    /** The data of the event so far, one LF behind each line, and behind {@link #dataEnd} the line being read. */
    private byte[] bytes = new byte[1024];

    private int dataEnd;
    private int lineEnd;
    private boolean isComment;
    private boolean isTooLarge;
    private boolean isFirstLine = true;
    private boolean hasFields;
    private boolean awaitsLf;
    private boolean hasEvent;
    private boolean hasLargeEvent;
    private int eventLength;
    private String type = "";
    private String nextType = "";

    /**
     * Reads one line, or the part of it that is there.
     *
     * @param from index to start at
     * @param to index behind the last byte that there is, above {@code from}
     * @return index behind the line's end, or {@code to} if the line goes on behind it
     */
    int readLine(ByteBuf in, int from, int to) {
        hasEvent = false;
        hasLargeEvent = false;
        if (awaitsLf) {
            awaitsLf = false;
            if (in.getByte(from) == '\n') {
                return from + 1;
            }
        }
        int eol = takeLine(in, from, to);
        if (eol == to) {
            return to;
        }
        onLine();
        if (in.getByte(eol) == '\n') {
            return eol + 1;
        }
        awaitsLf = eol + 1 == to;
        return !awaitsLf && in.getByte(eol + 1) == '\n' ? eol + 2 : eol + 1;
    }

    /** Whether the last call brought an event to its end, so that {@link #type}, {@link #data} and {@link #length} hold. */
    boolean hasEvent() {
        return hasEvent;
    }

    /** Whether the last call brought an event to its end that was too large to read: only its {@link #type} holds. */
    boolean hasLargeEvent() {
        return hasLargeEvent;
    }

    /** Whether bytes of an unfinished event have come; comments before its first field do not belong to it. */
    boolean isInEvent() {
        return hasFields || (!isComment && (isTooLarge || lineEnd > dataEnd));
    }

    /** Whether an LF at the very start of the next buffer still belongs to the line that was read last. */
    boolean awaitsLf() {
        return awaitsLf;
    }

    /** The event's type, empty if it has none, or tells it only behind what is too large. */
    String type() {
        return type;
    }

    /** The event's data: the first {@link #length} bytes, valid until the next call. */
    byte[] data() {
        return bytes;
    }

    int length() {
        return eventLength;
    }

    /** Takes a line as far as it goes; where its end stands, or {@code to} if it is not there. */
    private int takeLine(ByteBuf in, int from, int to) {
        int at = from;
        while (at < to) {
            int count = Math.min(to - at, LOOK_BYTES);
            if (lineEnd + count >= bytes.length) {
                bytes = Arrays.copyOf(
                        bytes, Math.max(Math.min(2 * bytes.length, MAX_EVENT_BYTES), lineEnd + count + 1));
            }
            // Copied first and looked at then: a check of the buffer's bounds for many bytes instead of one for each.
            in.getBytes(at, bytes, lineEnd, count);
            int run = runOf(count);
            take(run);
            at += run;
            if (run < count) {
                return at;
            }
        }
        return to;
    }

    private int runOf(int count) {
        int run = 0;
        for (; run + Long.BYTES <= count; run += Long.BYTES) {
            long found = Words.lineEnds(Words.at(bytes, lineEnd + run));
            if (found != 0) {
                return run + Words.before(found);
            }
        }
        while (run < count && bytes[lineEnd + run] != '\n' && bytes[lineEnd + run] != '\r') {
            run++;
        }
        return run;
    }

    /** Adds the bytes that stand behind the line. */
    private void take(int count) {
        if (count == 0) {
            return;
        }
        if (lineEnd == dataEnd && !isTooLarge) {
            isComment = bytes[lineEnd] == ':';
        }
        if (isComment) {
            // One byte stands for the whole line, which is not empty and means nothing.
            bytes[dataEnd] = ':';
            lineEnd = dataEnd + 1;
        } else if (isTooLarge || lineEnd + count >= MAX_EVENT_BYTES) {
            isTooLarge = true;
            lineEnd = dataEnd + 1;
        } else {
            lineEnd += count;
        }
    }

    private void onLine() {
        int start = dataEnd;
        if (isFirstLine) {
            isFirstLine = false;
            start += startsWithMark() ? 3 : 0;
        }
        boolean isBlank = start == lineEnd;
        if (isBlank) {
            onBlankLine();
        } else if (!isComment && bytes[start] != ':') {
            hasFields = true;
            onField(start);
        }
        isComment = false;
        lineEnd = dataEnd;
    }

    private boolean startsWithMark() {
        return lineEnd >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF;
    }

    private void onBlankLine() {
        hasEvent = dataEnd > 0 && !isTooLarge;
        hasLargeEvent = isTooLarge;
        eventLength = hasEvent ? dataEnd - 1 : 0;
        type = nextType;
        nextType = "";
        dataEnd = 0;
        hasFields = false;
        isTooLarge = false;
    }

    private void onField(int start) {
        if (isTooLarge) {
            return;
        }
        int colon = start;
        while (colon < lineEnd && bytes[colon] != ':') {
            colon++;
        }
        int value = Math.min(colon + 1, lineEnd);
        if (value < lineEnd && bytes[value] == ' ') {
            value++;
        }
        if (Arrays.equals(bytes, start, colon, DATA, 0, DATA.length)) {
            int length = lineEnd - value;
            System.arraycopy(bytes, value, bytes, dataEnd, length);
            dataEnd += length;
            bytes[dataEnd++] = '\n';
        } else if (Arrays.equals(bytes, start, colon, EVENT, 0, EVENT.length)) {
            nextType = new String(bytes, value, lineEnd - value, StandardCharsets.UTF_8);
        }
    }
}
