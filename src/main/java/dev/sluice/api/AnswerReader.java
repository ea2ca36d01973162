package dev.sluice.api;

import dev.sluice.admission.Usage;
import dev.sluice.agent.AnswerTrace;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Follows the body of one governed answer in passing: finds usage, the reason why it stopped and errors, and takes out
 * what the client did not ask for. A body goes either through {@link #read} or through {@link #onBytes}. Confined to the
 * event loop of its exchange. Memory is bounded whatever comes.
 */
public interface AnswerReader {

    /**
     * A reader for one answer.
     *
     * <p>Taking out the usage chunk withholds the bytes of an event until its blank line, at most a mebibyte; otherwise
     * every byte passes on in the call that brings it.
     *
     * @param contentType of the answer; null if it has none. Pass null for an answer with a content coding as well: it
     *     cannot be read, and only passes
     * @param dropUsageChunk whether we asked for a usage chunk that the client did not ask for
     */
    static AnswerReader of(Route route, @Nullable String contentType, boolean dropUsageChunk) {
        if (contentType == null || !contentType.trim().regionMatches(true, 0, "text/event-stream", 0, 17)) {
            return new JsonAnswerReader(route);
        }
        return dropUsageChunk ? new UsageChunkFilter(route) : new EventStreamReader(route);
    }

    /** Whether it takes something out of the body, so that the body must go through {@link #onBytes}. */
    boolean edits();

    /**
     * Looks at the next bytes of the body, which pass on without it.
     *
     * @param in holds them; neither consumed nor released
     * @param from index of the first
     * @param to index behind the last
     */
    void read(ByteBuf in, int from, int to);

    /**
     * Takes the next bytes of the body.
     *
     * @param in ownership passes to the reader
     * @return the bytes to pass on now, possibly none; the caller owns them
     */
    default ByteBuf onBytes(ByteBuf in) {
        read(in, in.readerIndex(), in.writerIndex());
        return in;
    }

    /**
     * The body has ended as its framing says.
     *
     * @return bytes still withheld; the caller owns them
     */
    default ByteBuf onEnd() {
        return Unpooled.EMPTY_BUFFER;
    }

    /** Gives up: releases whatever is withheld. Idempotent, and harmless after {@link #onEnd}. */
    void release();

    /** What was told so far. */
    Usage usage();

    /** What the next request will repeat of it, as far as it has come. */
    AnswerTrace trace();

    /** Whether anything that the model generated has come: a stream's first event with content, or any byte of another answer. */
    boolean sawFirstToken();

    /** Whether the answer says that it failed: an error event in a stream, an error object, or a finish reason that is none. */
    boolean sawError();

    /** Whether it told of its failure after its first token: the engine broke it off, however clean the end. */
    boolean brokeOff();

    /**
     * Whether an answer whose body has ended is one that the engine meant to end: it told why it stopped, that it was done, or
     * of an error. A stream that stops without a word looks whole to most clients, and is not.
     */
    boolean toldItsEnd();
}
