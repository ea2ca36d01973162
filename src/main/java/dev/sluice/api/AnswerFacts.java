package dev.sluice.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.sluice.admission.Finish;
import dev.sluice.admission.Usage;
import dev.sluice.agent.AnswerTrace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * What an answer has told so far: the facts at known places of its JSON, be it one object or the data of many events.
 * A later value overwrites an earlier one, so that running totals end in the last.
 *
 * <p>The size of an Anthropic prompt is the sum of three counts that do not overlap: {@code input_tokens},
 * {@code cache_read_input_tokens} and {@code cache_creation_input_tokens}. vLLM keeps to that where it tells cached
 * tokens at all; older ones tell the whole prompt as {@code input_tokens} and nothing else, which sums up alike. Its
 * streams tell the whole at the start and the parts at the end. On the other routes the prompt includes what was cached.
 *
 * <p>Confined to the event loop of its exchange.
 */
final class AnswerFacts {

    /** Larger strings end the reading of an answer: the parser has to keep one as a whole. */
    private static final int MAX_STRING_CHARS = 8 << 20;

    /** No place that we know lies deeper. */
    private static final int MAX_DEPTH = 6;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(MAX_STRING_CHARS)
                    .build())
            .build();

    private static final Set<String> COUNTS = Set.of(
            "prompt_tokens",
            "completion_tokens",
            "cached_tokens",
            "input_tokens",
            "output_tokens",
            "cache_read_input_tokens",
            "cache_creation_input_tokens");

    private static final Set<String> WORDS =
            Set.of("finish_reason", "stop_reason", "type", "status", "object", "error");

    /** Kinds of output items that the client has to answer; the other calls are run by the server. */
    private static final Set<String> CLIENT_CALLS = Set.of(
            "function_call", "custom_tool_call", "local_shell_call", "shell_call", "apply_patch_call", "computer_call");

    /** Reasons why an answer stopped that are none: the engine gave it up, as vLLM does with all that run when it is told to stop. */
    private static final Set<String> GIVEN_UP = Set.of("abort", "error", "cancelled");

    /** Behind its first token an event tells something only if it holds one of these, not null. */
    private static final byte[][] TELLING = {
        ascii("\"usage\""), ascii("\"finish_reason\""), ascii("\"stop_reason\""), ascii("\"error\"")
    };

    /** As long as no tool call has come, one of these does, too. */
    private static final byte[][] TELLING_OR_CALLING = {
        TELLING[0],
        TELLING[1],
        TELLING[2],
        TELLING[3],
        ascii("\"tool_calls\""),
        ascii("\"content_block\""),
        ascii("\"call_id\"")
    };

    /** Types of events behind which none comes, beside those of errors. */
    private static final Set<String> LAST_EVENTS = Set.of("message_stop", "response.completed", "response.incomplete");

    /** What follows the last event of a stream on two of the routes. */
    private static final byte[] DONE = ascii("[DONE]");

    /** With what the names above begin. */
    private static final boolean[] BEGINS_TELLING = new boolean[256];

    static {
        for (byte[] name : TELLING_OR_CALLING) {
            BEGINS_TELLING[name[1]] = true;
        }
    }

    private final Route route;
    private final AnswerTraceScan trace;
    private long inputTokens = Usage.UNKNOWN;
    private long cachedTokens = Usage.UNKNOWN;
    private long createdTokens = Usage.UNKNOWN;
    private long completionTokens = Usage.UNKNOWN;
    private Finish finish = Finish.UNKNOWN;
    private boolean sawFirstToken;
    private boolean sawError;
    private boolean sawErrorAmidAnswer;
    private boolean isGivenUp;
    private boolean sawEnd;

    private JsonToken previous = JsonToken.NOT_AVAILABLE;
    private boolean eventHasUsage;
    private boolean eventHasNoChoices;
    private boolean eventHasFinish;

    AnswerFacts(Route route) {
        this.route = route;
        this.trace = new AnswerTraceScan(route);
    }

    /** A parser that is fed as bytes come, for {@link #onToken}. */
    static JsonParser newFedParser() {
        try {
            return JSON.createNonBlockingByteBufferParser();
        } catch (IOException e) {
            throw new UncheckedIOException("a parser without input cannot fail", e);
        }
    }

    /** A parser of what is there as a whole, for {@link #onToken}. */
    static JsonParser newParser(byte[] data, int length) throws IOException {
        return JSON.createParser(data, 0, length);
    }

    static void close(JsonParser parser) {
        try {
            parser.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a parser without a source cannot fail", e);
        }
    }

    /** Takes the event that the scanner has just found. */
    void onEvent(EventScanner event) {
        eventHasUsage = false;
        eventHasNoChoices = false;
        eventHasFinish = false;
        boolean hadFirstToken = sawFirstToken;
        sawError |= event.type().equals("error");
        sawEnd |= event.type().equals("message_stop")
                || (event.length() == DONE.length && isAt(event.data(), event.length(), 0, DONE));
        readEvent(event);
        sawErrorAmidAnswer |= hadFirstToken && sawError;
    }

    /**
     * Takes an event whose data is too large to be read. Its type may tell that it was the last: {@code response.completed}
     * repeats instructions, tools and the whole output. Where events have no types, it may have told the end for all we know,
     * and the answer is not said to have broken off.
     */
    void onLargeEvent(String type) {
        sawError |= type.equals("error") || type.equals("response.failed");
        sawErrorAmidAnswer |= sawFirstToken && sawError;
        boolean isTyped = !type.isEmpty() && (route == Route.RESPONSES || route == Route.MESSAGES);
        sawEnd |= !isTyped || LAST_EVENTS.contains(type);
    }

    private void readEvent(EventScanner event) {
        byte[] data = event.data();
        int length = event.length();
        if (length == 0 || data[0] != '{' || (sawFirstToken && !trace.wantsText() && !mayTell(data, length))) {
            return;
        }
        try (JsonParser json = newParser(data, length)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                onToken(json, token);
            }
        } catch (IOException e) {
            // Not JSON: the client sees it as it came, and it tells us nothing more.
            eventHasUsage = false;
        }
    }

    /** Takes the token that the parser stands on. */
    void onToken(JsonParser json, JsonToken token) throws IOException {
        JsonStreamContext at = json.getParsingContext();
        if (token == JsonToken.START_OBJECT) {
            onObject(at.getParent());
        } else if (token == JsonToken.END_ARRAY) {
            eventHasNoChoices |= previous == JsonToken.START_ARRAY && path(at).equals("choices");
        } else if (token == JsonToken.VALUE_NUMBER_INT) {
            onNumber(json, at);
        } else if (token == JsonToken.VALUE_STRING) {
            onString(json, at);
        }
        previous = token;
    }

    void onFirstToken() {
        sawFirstToken = true;
    }

    Usage usage() {
        boolean isInParts = route == Route.MESSAGES && inputTokens >= 0;
        long promptTokens =
                isInParts ? inputTokens + Math.max(cachedTokens, 0) + Math.max(createdTokens, 0) : inputTokens;
        return new Usage(promptTokens, cachedTokens, completionTokens, finish);
    }

    /** What the next request will repeat of it. */
    AnswerTrace trace() {
        return trace.trace();
    }

    /** A stream's first non-empty string in a delta beside its role, or what ends an answer without any. */
    boolean sawFirstToken() {
        return sawFirstToken;
    }

    boolean sawError() {
        return sawError;
    }

    /** Whether an event told of an error after the first token. */
    boolean sawErrorAmidAnswer() {
        return sawErrorAmidAnswer;
    }

    /** Whether an event told that the answer is over, and be it by an error. */
    boolean sawEnd() {
        return sawEnd || sawError;
    }

    /** Whether the reason why it stopped says that the engine gave it up. */
    boolean isGivenUp() {
        return isGivenUp;
    }

    /** Whether the last event is the one that {@code include_usage} adds. */
    boolean isUsageChunk() {
        return eventHasUsage && eventHasNoChoices;
    }

    /** Whether the last event tells usage while the answer goes on. */
    boolean isUsageAmidAnswer() {
        return eventHasUsage && !eventHasNoChoices && !eventHasFinish;
    }

    private void onObject(JsonStreamContext parent) {
        String name = parent.getCurrentName();
        if ("usage".equals(name)) {
            eventHasUsage |= path(parent).equals("usage");
        } else if ("error".equals(name)) {
            sawError |= path(parent).equals("error");
        }
    }

    private void onNumber(JsonParser json, JsonStreamContext at) throws IOException {
        String name = at.getCurrentName();
        if (name == null || !COUNTS.contains(name) || json.getNumberType() != JsonParser.NumberType.INT) {
            return;
        }
        int count = json.getIntValue();
        if (count < 0) {
            return;
        }
        switch (path(at)) {
            case "usage.prompt_tokens", "usage.input_tokens" -> inputTokens = count;
            case "usage.completion_tokens", "usage.output_tokens" -> completionTokens = count;
            case "usage.prompt_tokens_details.cached_tokens",
                    "usage.input_tokens_details.cached_tokens",
                    "usage.cache_read_input_tokens" -> cachedTokens = count;
            case "usage.cache_creation_input_tokens" -> createdTokens = count;
            default -> {}
        }
    }

    private void onString(JsonParser json, JsonStreamContext at) throws IOException {
        String name = at.getCurrentName();
        boolean isWord = name != null && WORDS.contains(name);
        boolean isTrace = name != null && trace.mayWant(name);
        if (!isWord && !isTrace && sawFirstToken) {
            return;
        }
        String path = path(at);
        if (isTrace) {
            trace.onString(path, json.getText());
        }
        if (isWord) {
            onWord(path, json.getText());
        }
        sawFirstToken |= isGenerated(path) && json.getTextLength() > 0;
    }

    private void onWord(String path, String word) {
        switch (path) {
            case "choices.[].finish_reason", "stop_reason", "delta.stop_reason" -> onFinish(word);
            case "output.[].type" -> {
                if (CLIENT_CALLS.contains(word)) {
                    finish = Finish.TOOL_CALL;
                }
            }
            case "type" -> {
                sawError |= word.equals("error");
                sawFirstToken |= word.endsWith(".delta") || word.equals("content_block_delta");
            }
            case "status" -> {
                sawError |= word.equals("failed");
                if (word.equals("completed") || word.equals("incomplete")) {
                    onFinish(word);
                }
            }
            case "object" -> sawError |= word.equals("error");
            case "error" -> sawError = true;
            default -> {}
        }
    }

    private void onFinish(String reason) {
        boolean isCall = reason.equals("tool_calls") || reason.equals("function_call") || reason.equals("tool_use");
        eventHasFinish = true;
        sawFirstToken = true;
        sawEnd = true;
        if (GIVEN_UP.contains(reason)) {
            sawError = true;
            isGivenUp = true;
            return;
        }
        if (isCall) {
            finish = Finish.TOOL_CALL;
        } else if (finish == Finish.UNKNOWN) {
            finish = Finish.END_OF_TURN;
        }
    }

    private static boolean isGenerated(String path) {
        return path.equals("choices.[].text")
                || (path.startsWith("choices.[].delta.") && !path.equals("choices.[].delta.role"));
    }

    /** The place in the answer, less the wrapper that the events of two APIs put around it; empty beyond what we know. */
    private static String path(JsonStreamContext at) {
        if (at.getNestingDepth() > MAX_DEPTH) {
            return "";
        }
        String path = "";
        for (JsonStreamContext step = at; step != null && !step.inRoot(); step = step.getParent()) {
            String name = step.inArray() ? "[]" : String.valueOf(step.getCurrentName());
            path = path.isEmpty() ? name : name + '.' + path;
        }
        boolean isWrapped = path.startsWith("response.") || path.startsWith("message.");
        return isWrapped ? path.substring(path.indexOf('.') + 1) : path;
    }

    private boolean mayTell(byte[] data, int length) {
        int at = 0;
        for (; at + Long.BYTES <= length; at += Long.BYTES) {
            for (long found = Words.quotes(Words.at(data, at)); found != 0; found &= found - 1) {
                if (mayTellAt(data, length, at + Words.before(found))) {
                    return true;
                }
            }
        }
        while (at < length && !mayTellAt(data, length, at)) {
            at++;
        }
        return at < length;
    }

    private boolean mayTellAt(byte[] data, int length, int quote) {
        if (quote + 1 == length || !BEGINS_TELLING[data[quote + 1] & 0xff]) {
            return false;
        }
        for (byte[] name : trace.wantsCall() ? TELLING_OR_CALLING : TELLING) {
            if (isAt(data, length, quote, name) && !isNull(data, length, quote + name.length)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAt(byte[] data, int length, int from, byte[] name) {
        return length - from >= name.length && Arrays.equals(data, from, from + name.length, name, 0, name.length);
    }

    private static boolean isNull(byte[] data, int length, int from) {
        int i = from;
        while (i < length && (data[i] == ':' || data[i] == ' ')) {
            i++;
        }
        return i < length && data[i] == 'n';
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
