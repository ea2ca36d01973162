package dev.sluice.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.agent.AnswerTrace;
import dev.sluice.agent.Chain;
import java.io.IOException;

/**
 * Hash of a JSON value in canonical form, taken in passing: spaces, escapes and the order of fields do not matter, a field
 * of null is as good as none, and {@code cache_control}, which clients move from message to message, is left out.
 *
 * <p>Notes of what it passes the first tool call's id and the beginning of the text. Confined to its owner.
 */
final class JsonHash {

    /** Deeper values are hashed as they are written: no client nests so deep, and the stack has a bound. */
    private static final int MOST_DEPTH = 64;

    private static final long OBJECT = 3;
    private static final long ARRAY = 5;
    private static final long OTHER = 7;

    private static final long TEXT_TYPE = field("type", TextHash.of("text"));

    private final JsonParser json;
    private final TextHash text = new TextHash();
    private final TextOpening opening = new TextOpening(text);
    private final TextShape shape = new TextShape(text);
    private boolean isShaping;
    private long set;
    private long callId;
    private int depth;

    JsonHash(JsonParser json) {
        this.json = json;
    }

    /** Begins a new message: what was noted is dropped. */
    void begin() {
        callId = 0;
        opening.begin();
    }

    /** {@link AnswerTrace#mark} of the message that has been passed; 0 for none. */
    long mark() {
        return AnswerTrace.mark(callId, opening.hash(), opening.isLong());
    }

    /** Passes the current value, whatever it is; the parser stands on its last token then. 0 for null. */
    long value() throws IOException {
        return value("");
    }

    /** Passes the value of a field. */
    long value(String field) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> depth == MOST_DEPTH ? asWritten() : object();
            case START_ARRAY -> depth == MOST_DEPTH ? asWritten() : array();
            case VALUE_STRING -> string(field);
            case VALUE_NULL -> 0;
            default -> Chain.join(OTHER, plainText());
        };
    }

    /** Passes a message's content: plain text is as good as a list of one text. */
    long content() throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            return value("content");
        }
        long block = TEXT_TYPE + field("text", string("text"));
        return Chain.join(ARRAY, Chain.join(OBJECT, block));
    }

    /** Passes a list; {@link #set} is of its items then. */
    long list() throws IOException {
        set = 0;
        if (json.currentToken() != JsonToken.START_ARRAY) {
            return value();
        }
        depth++;
        long items = ARRAY;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            long item = value();
            items = Chain.join(items, item);
            set += Chain.join(ARRAY, item);
        }
        depth--;
        return items;
    }

    /** Of the items of the last list, in any order. */
    long set() {
        return set;
    }

    /** From now on text counts for {@link #endShape}. */
    void beginShape() {
        isShaping = true;
    }

    /** Of all text that counted, but for its digits; from now on none does. 0 if it was not begun. */
    long endShape() {
        isShaping = false;
        return shape.end();
    }

    /** Of text that has been read already; not amid a string. */
    long of(String word) {
        text.write(word, 0, word.length());
        return text.finish();
    }

    /** What a field adds to the hash of its object: a sum, so that the order does not matter. */
    static long field(String name, long value) {
        return value == 0 ? 0 : Chain.join(name.hashCode(), value);
    }

    /** Hash of an object with that sum of fields. */
    static long objectOf(long fields) {
        return Chain.join(OBJECT, fields);
    }

    private long object() throws IOException {
        depth++;
        long fields = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("cache_control")) {
                json.skipChildren();
            } else {
                fields += field(name, name.equals("content") ? content() : value(name));
            }
        }
        depth--;
        return objectOf(fields);
    }

    private long array() throws IOException {
        depth++;
        long items = ARRAY;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            items = Chain.join(items, value());
        }
        depth--;
        return items;
    }

    private long string(String field) throws IOException {
        boolean isText = field.equals("text") || field.equals("content");
        TextSink sink = isText ? textSink() : text;
        json.getText(sink);
        sink.endSurrogate();
        long hash = text.finish();
        boolean isCall = field.equals("call_id") || (field.equals("id") && depth > 0);
        if (isCall && callId == 0) {
            callId = hash;
        }
        return hash;
    }

    private TextSink textSink() {
        if (isShaping) {
            return shape;
        }
        return opening.isWanted() ? opening : text;
    }

    private long plainText() throws IOException {
        json.getText(text);
        return text.finish();
    }

    private long asWritten() throws IOException {
        long hash = OTHER;
        int open = 0;
        do {
            JsonToken token = json.currentToken();
            open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            hash = Chain.join(hash, token.id());
            if (!token.isStructStart() && !token.isStructEnd()) {
                hash = Chain.join(hash, plainText());
            }
            if (open > 0) {
                json.nextToken();
            }
        } while (open > 0);
        return hash;
    }
}
