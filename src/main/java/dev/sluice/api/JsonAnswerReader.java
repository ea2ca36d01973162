package dev.sluice.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteBufferFeeder;
import dev.sluice.admission.Usage;
import dev.sluice.agent.AnswerTrace;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer that is one JSON object in passing: every buffer goes on as it came, and none is kept. What is not
 * JSON is passed on unread.
 *
 * <p>A small answer mostly comes at once. What may be one is read as a whole, which costs half of what a parser does that can
 * be fed piece by piece; if it turns out to go on, it is fed to that one from the beginning.
 *
 * <p>Confined to the event loop of its exchange.
 */
final class JsonAnswerReader implements AnswerReader {

    /** Larger answers are fed from the first. */
    private static final int MAX_WHOLE_BYTES = 16 << 10;

    private static final FastThreadLocal<byte[]> COPIES = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[MAX_WHOLE_BYTES];
        }
    };

    private final Route route;
    private AnswerFacts facts;
    private boolean isBegun;
    private boolean isOver;
    private @Nullable JsonParser json;

    JsonAnswerReader(Route route) {
        this.route = route;
        this.facts = new AnswerFacts(route);
    }

    @Override
    public boolean edits() {
        return false;
    }

    @Override
    public void read(ByteBuf in, int from, int to) {
        if (isOver || from == to || (!isBegun && readWhole(in, from, to))) {
            return;
        }
        isBegun = true;
        JsonParser parser = json == null ? AnswerFacts.newFedParser() : json;
        json = parser;
        try {
            for (ByteBuffer bytes : in.nioBuffers(from, to - from)) {
                read(parser, bytes);
            }
        } catch (IOException e) {
            // Not JSON, or larger than we read: what was told before still holds.
            facts.onFirstToken();
            release();
        }
    }

    /** Whether the first bytes of the answer were all of it, which has been read then. */
    private boolean readWhole(ByteBuf in, int from, int to) {
        int length = to - from;
        if (length > MAX_WHOLE_BYTES || in.getByte(to - 1) != '}') {
            return false;
        }
        byte[] copy = COPIES.get();
        in.getBytes(from, copy, 0, length);
        try (JsonParser whole = AnswerFacts.newParser(copy, length)) {
            facts.onFirstToken();
            for (JsonToken token = whole.nextToken(); token != null; token = whole.nextToken()) {
                facts.onToken(whole, token);
            }
            isBegun = true;
            return true;
        } catch (IOException e) {
            // Not all of it, or not JSON: the other parser tells.
            facts = new AnswerFacts(route);
            return false;
        }
    }

    private void read(JsonParser parser, ByteBuffer bytes) throws IOException {
        if (!bytes.hasRemaining()) {
            return;
        }
        ((ByteBufferFeeder) parser.getNonBlockingInputFeeder()).feedInput(bytes);
        for (JsonToken token = parser.nextToken();
                token != null && token != JsonToken.NOT_AVAILABLE;
                token = parser.nextToken()) {
            facts.onFirstToken();
            facts.onToken(parser, token);
        }
    }

    @Override
    public void release() {
        JsonParser parser = json;
        json = null;
        isOver = true;
        if (parser != null) {
            AnswerFacts.close(parser);
        }
    }

    @Override
    public Usage usage() {
        return facts.usage();
    }

    @Override
    public AnswerTrace trace() {
        return facts.trace();
    }

    @Override
    public boolean sawFirstToken() {
        return facts.sawFirstToken();
    }

    @Override
    public boolean sawError() {
        return facts.sawError();
    }

    @Override
    public boolean brokeOff() {
        return facts.isGivenUp();
    }

    /** What is missing of one object is seen by whoever reads it. */
    @Override
    public boolean toldItsEnd() {
        return true;
    }
}
