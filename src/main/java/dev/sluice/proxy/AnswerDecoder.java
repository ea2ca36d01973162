package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of an engine become answers. As strict as {@link RequestDecoder}, for the engine's framing decides where the next
 * client's answer begins: what could be read in two ways is refused.
 *
 * <p>A body is not taken apart into objects. If it may pass on {@linkplain Delivery#FRAMED as it came}, the framing is only
 * followed: the bytes of one read go on as one piece, and what they carry is shown before. Out of that piece fall a chunk's
 * line that was cut by the end of a read or has extensions, in whose place a line of our own goes on, and the last chunk with its
 * trailers, which is the receiver's to write. So nothing of the framing goes on that was not understood first.
 *
 * <p>Confined to its event loop. Keeps no bytes.
 */
final class AnswerDecoder {

    private static final int MAX_LINE_BYTES = 16 << 10;

    /** An engine's header section is not an attacker's; this only bounds memory. */
    private static final int MAX_FIELDS_BYTES = 256 << 10;

    private static final int MAX_EXTENSION_BYTES = 16 << 10;

    /** Interim answers before an answer; a server that says 102 every few seconds stays below it. */
    private static final int MAX_INTERIM = 256;

    private static final int SWITCHING = 101;

    private final ByteBufAllocator allocator;
    private final Sink sink;
    private final StatusLineParser line;
    private final FieldsParser fields;
    private final ChunkParser chunks = new ChunkParser(MAX_EXTENSION_BYTES);

    private Stage stage = Stage.REST;
    private Delivery delivery = Delivery.FRAMED;
    private boolean answersHead;
    private int interims;
    private long remaining;

    /** Of the buffer being read: where it began; between the other two are the bytes to pass on that are understood. */
    private int readFrom;

    private int passFrom;
    private int passTo;

    /** Whether the buffer being read was passed on itself. */
    private boolean isHandedOver;

    private @Nullable ByteBuf content;

    AnswerDecoder(ByteBufAllocator allocator, Sink sink) {
        this.allocator = allocator;
        this.sink = sink;
        Octets text = new Octets();
        line = new StatusLineParser(MAX_LINE_BYTES, text);
        fields = new FieldsParser(MAX_FIELDS_BYTES, text);
    }

    /** Who is told what comes. */
    interface Sink {

        /** A 1xx other than 101. */
        void onInterim(HttpResponse head);

        /** A 101: what comes behind it is no longer HTTP. */
        void onSwitched(HttpResponse head);

        /** The head of the answer; returns how its body is wanted. */
        Delivery onHead(HttpResponse head, AnswerFraming framing);

        /** Content that the next {@link #onBody} brings in its framing: to be looked at and no more. Only if so delivered. */
        void onContent(ByteBuf in, int from, int to);

        /** The next bytes of the body; the sink owns them. */
        void onBody(ByteBuf bytes);

        /** The answer is whole as its framing says. */
        void onEnd(HttpHeaders trailers);
    }

    private enum Stage {
        /** Nobody has asked. */
        REST,
        LINE,
        FIELDS,
        SIZED_BODY,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS,
        BODY_UNTIL_CLOSE,
        SWITCHED
    }

    /** A request goes out, and the next bytes answer it. */
    void expectAnswer(boolean toHead) {
        stage = Stage.LINE;
        answersHead = toHead;
        interims = 0;
    }

    boolean hasSwitched() {
        return stage == Stage.SWITCHED;
    }

    /**
     * Takes what has come, up to the end of the answer that was asked for.
     *
     * @param in stays the caller's; its reader index stands behind the answer unless all was taken
     * @return whether all was taken, so that nothing stands behind the answer
     * @throws MalformedException if it has no reading; what came before was handed over, and nothing may be read any more
     */
    boolean read(ByteBuf in) throws MalformedException {
        readFrom = in.readerIndex();
        passFrom = readFrom;
        passTo = readFrom;
        isHandedOver = false;
        try {
            while (!isHandedOver && in.isReadable() && stage != Stage.REST && stage != Stage.SWITCHED) {
                step(in);
            }
        } finally {
            pass(in);
        }
        return isHandedOver || !in.isReadable();
    }

    /** The connection has ended in order; that may be the answer's end, too. */
    void onClose() {
        if (stage == Stage.BODY_UNTIL_CLOSE) {
            stage = Stage.REST;
            sink.onEnd(EmptyHttpHeaders.INSTANCE);
        }
    }

    private void step(ByteBuf in) throws MalformedException {
        switch (stage) {
            case LINE -> goOnIf(line.read(in), Stage.FIELDS);
            case FIELDS -> {
                if (fields.read(in)) {
                    onHead();
                    passFrom = in.readerIndex();
                    passTo = passFrom;
                }
            }
            case SIZED_BODY -> {
                takeContent(in);
                if (remaining == 0) {
                    end(in, EmptyHttpHeaders.INSTANCE);
                }
            }
            case BODY_UNTIL_CLOSE -> {
                remaining = in.readableBytes();
                takeContent(in);
            }
            case CHUNK_SIZE -> onChunkSize(in);
            case CHUNK_DATA -> {
                takeContent(in);
                goOnIf(remaining == 0, Stage.CHUNK_END);
            }
            case CHUNK_END -> {
                goOnIf(chunks.readDataEnd(in), Stage.CHUNK_SIZE);
                passTo = in.readerIndex();
            }
            case TRAILERS -> {
                if (fields.read(in)) {
                    end(in, RequestGuard.checkTrailers(fields.take()));
                }
            }
            case REST, SWITCHED -> throw new IllegalStateException("stage: " + stage + " (expected: one that reads)");
        }
    }

    private void goOnIf(boolean isWhole, Stage next) {
        if (isWhole) {
            stage = next;
        }
    }

    private void onHead() throws MalformedException {
        HttpResponse head = new DefaultHttpResponse(line.version(), line.status(), fields.take());
        AnswerFraming framing = AnswerFraming.of(head, answersHead);
        int code = head.status().code();
        if (code == SWITCHING) {
            stage = Stage.SWITCHED;
            sink.onSwitched(head);
        } else if (code < 200) {
            if (++interims > MAX_INTERIM) {
                throw MalformedException.of("more than " + MAX_INTERIM + " interim answers");
            }
            stage = Stage.LINE;
            sink.onInterim(head);
        } else {
            begin(head, framing);
        }
    }

    private void begin(HttpResponse head, AnswerFraming framing) {
        remaining = framing == AnswerFraming.LENGTH ? RequestGuard.announcedLength(head) : 0;
        chunks.start();
        stage = switch (framing) {
            case CHUNKED -> Stage.CHUNK_SIZE;
            case UNTIL_CLOSE -> Stage.BODY_UNTIL_CLOSE;
            case NONE, LENGTH -> remaining > 0 ? Stage.SIZED_BODY : Stage.REST;
        };
        delivery = sink.onHead(head, framing);
        if (stage == Stage.REST) {
            sink.onEnd(EmptyHttpHeaders.INSTANCE);
        }
    }

    private void onChunkSize(ByteBuf in) throws MalformedException {
        boolean wasCut = chunks.isAmidSize();
        if (!chunks.readSize(in)) {
            return;
        }
        remaining = chunks.size();
        stage = remaining == 0 ? Stage.TRAILERS : Stage.CHUNK_DATA;
        if (remaining == 0) {
            return;
        }
        if (delivery == Delivery.FRAMED && (wasCut || chunks.hasExtension())) {
            pass(in);
            sink.onBody(HttpBytes.sizeLine(remaining, allocator));
        }
        passTo = in.readerIndex();
    }

    private void takeContent(ByteBuf in) {
        int from = in.readerIndex();
        int count = (int) Math.min(remaining, in.readableBytes());
        remaining -= count;
        in.skipBytes(count);
        if (delivery == Delivery.FRAMED) {
            sink.onContent(in, from, from + count);
            passTo = from + count;
        } else {
            gather(in, from, count);
        }
    }

    /** Content of one read goes on as one piece: copied, as its framing stands between. */
    private void gather(ByteBuf in, int from, int count) {
        if (content == null) {
            content = allocator.buffer(count + in.readableBytes());
        }
        content.writeBytes(in, from, count);
    }

    private void end(ByteBuf in, HttpHeaders trailers) {
        pass(in);
        stage = Stage.REST;
        sink.onEnd(trailers);
    }

    /** Passes on what is understood: the buffer itself if that is all of it, as amid a stream it is, otherwise a slice. */
    private void pass(ByteBuf in) {
        ByteBuf gathered = content;
        int from = passFrom;
        int to = passTo;
        content = null;
        passFrom = in.readerIndex();
        passTo = passFrom;
        if (gathered != null) {
            sink.onBody(gathered);
        } else if (delivery == Delivery.FRAMED && from == readFrom && to == in.writerIndex() && to > from) {
            isHandedOver = true;
            sink.onBody(in.retain().readerIndex(from));
        } else if (delivery == Delivery.FRAMED && to > from) {
            sink.onBody(in.retainedSlice(from, to - from));
        }
    }
}
