package dev.sluice.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteBufferFeeder;
import dev.sluice.admission.Usage;
import dev.sluice.agent.AnswerTrace;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer that is one JSON object in passing: every buffer goes on as it came, and none is kept. What is not
 * JSON is passed on unread. Confined to the event loop of its exchange.
 */
final class JsonAnswerReader implements AnswerReader {

    private final AnswerFacts facts;
    private @Nullable JsonParser json;

    JsonAnswerReader(Route route) {
        this.facts = new AnswerFacts(route);
        this.json = AnswerFacts.newFedParser();
    }

    @Override
    public boolean edits() {
        return false;
    }

    @Override
    public void read(ByteBuf in, int from, int to) {
        JsonParser parser = json;
        if (parser == null) {
            return;
        }
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
