package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Finish;
import dev.sluice.admission.Usage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AnswerReaderTest {

    private static final String SAMPLES = """
            # sample,                  route,            prompt, cached, completion, finish,      first, error
            chat.sse,                  CHAT_COMPLETIONS, 1200,   1184,   34,         END_OF_TURN, true,  false
            chat-tools.sse,            CHAT_COMPLETIONS, 1200,   1184,   34,         TOOL_CALL,   true,  false
            chat-continuous.sse,       CHAT_COMPLETIONS, 1200,   1184,   34,         END_OF_TURN, true,  false
            chat-refused.sse,          CHAT_COMPLETIONS, -1,     -1,     -1,         UNKNOWN,     false, true
            chat-cut.sse,              CHAT_COMPLETIONS, -1,     -1,     -1,         UNKNOWN,     true,  true
            chat-aborted.sse,          CHAT_COMPLETIONS, -1,     -1,     -1,         UNKNOWN,     true,  true
            completions.sse,           COMPLETIONS,      1200,   1184,   34,         END_OF_TURN, true,  false
            responses.sse,             RESPONSES,        1200,   1184,   34,         END_OF_TURN, true,  false
            responses-tools.sse,       RESPONSES,        1200,   1184,   34,         TOOL_CALL,   true,  false
            responses-incomplete.sse,  RESPONSES,        1200,   1184,   34,         END_OF_TURN, true,  false
            responses-failed.sse,      RESPONSES,        -1,     -1,     -1,         UNKNOWN,     true,  true
            messages.sse,              MESSAGES,         1200,   1184,   34,         END_OF_TURN, true,  false
            messages-tools.sse,        MESSAGES,         1200,   1184,   34,         TOOL_CALL,   true,  false
            messages-old.sse,          MESSAGES,         1200,   -1,     34,         END_OF_TURN, true,  false
            messages-error.sse,        MESSAGES,         6,      -1,     1,          UNKNOWN,     true,  true
            chat.json,                 CHAT_COMPLETIONS, 1200,   1184,   34,         END_OF_TURN, true,  false
            chat-tools.json,           CHAT_COMPLETIONS, 1200,   1184,   34,         TOOL_CALL,   true,  false
            chat-aborted.json,         CHAT_COMPLETIONS, 1200,   1184,   34,         UNKNOWN,     true,  true
            completions.json,          COMPLETIONS,      1200,   1184,   34,         END_OF_TURN, true,  false
            responses.json,            RESPONSES,        1200,   1184,   34,         END_OF_TURN, true,  false
            responses-tools.json,      RESPONSES,        1200,   1184,   34,         TOOL_CALL,   true,  false
            responses-failed.json,     RESPONSES,        -1,     -1,     -1,         UNKNOWN,     true,  true
            messages.json,             MESSAGES,         1200,   1184,   34,         END_OF_TURN, true,  false
            messages-tools.json,       MESSAGES,         1200,   1184,   34,         TOOL_CALL,   true,  false
            error.json,                CHAT_COMPLETIONS, -1,     -1,     -1,         UNKNOWN,     true,  true
            error-flat.json,           COMPLETIONS,      -1,     -1,     -1,         UNKNOWN,     true,  true
            messages-error.json,       MESSAGES,         -1,     -1,     -1,         UNKNOWN,     true,  true
            """;

    @ParameterizedTest
    @CsvSource(textBlock = SAMPLES)
    void findsTheSameFactsHoweverTheAnswerIsCut(
            String sample,
            Route route,
            long promptTokens,
            long cachedTokens,
            long completionTokens,
            Finish finish,
            boolean sawFirstToken,
            boolean sawError) {
        byte[] whole = Feed.sample(sample);
        Usage usage = new Usage(promptTokens, cachedTokens, completionTokens, finish);
        for (int cut = 0; cut <= whole.length; cut++) {
            AnswerReader reader = reader(sample, route);
            assertThat(Feed.cutAt(reader, whole, cut)).isEqualTo(whole);
            requireFacts(reader, usage, sawFirstToken, sawError);
            assertThat(reader.toldItsEnd()).isTrue();
            assertThat(reader.brokeOff())
                    .isEqualTo(sawError && sawFirstToken && (sample.endsWith(".sse") || sample.contains("aborted")));
        }
        for (int pieceBytes = 1; pieceBytes <= 100; pieceBytes++) {
            AnswerReader reader = reader(sample, route);
            assertThat(Feed.inPieces(reader, whole, pieceBytes)).isEqualTo(whole);
            requireFacts(reader, usage, sawFirstToken, sawError);
        }
    }

    private static AnswerReader reader(String sample, Route route) {
        String type = sample.endsWith(".sse") ? "text/event-stream; charset=utf-8" : "application/json";
        return AnswerReader.of(route, type, false);
    }

    private static void requireFacts(AnswerReader reader, Usage usage, boolean sawFirstToken, boolean sawError) {
        assertThat(reader.usage()).isEqualTo(usage);
        assertThat(reader.sawFirstToken()).isEqualTo(sawFirstToken);
        assertThat(reader.sawError()).isEqualTo(sawError);
    }

    @Test
    void anObservedBufferPassesOnAsItself() {
        for (String type : new String[] {"text/event-stream", "application/json"}) {
            AnswerReader reader = AnswerReader.of(Route.CHAT_COMPLETIONS, type, false);
            ByteBuf in = Unpooled.wrappedBuffer("data: {\"cho".getBytes(StandardCharsets.UTF_8));
            assertThat(reader.onBytes(in)).isSameAs(in);
            assertThat(reader.onEnd().readableBytes()).isZero();
            in.release();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"choices":[{"delta":{"role":"assistant","content":""}}]} | false
                    {"choices":[{"delta":{"role":"assistant","content":"a"}}]} | true
                    {"choices":[{"delta":{"reasoning":"a"}}]} | true
                    {"choices":[{"delta":{"reasoning_content":null}}]} | false
                    {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c"}]}}]} | true
                    {"choices":[{"text":"","finish_reason":null}]} | false
                    {"choices":[{"text":"a","finish_reason":null}]} | true
                    {"type":"response.created","response":{"status":"in_progress"}} | false
                    {"type":"response.function_call_arguments.delta"} | true
                    {"type":"message_start","message":{"content":[]}} | false
                    {"type":"ping"} | false
                    {"type":"content_block_delta"} | true
                    """)
    void theFirstTokenIsTheFirstGeneratedContent(String event, boolean isFirst) {
        AnswerReader reader = AnswerReader.of(Route.CHAT_COMPLETIONS, "text/event-stream", false);
        byte[] bytes = ("data: " + event + "\n\n").getBytes(StandardCharsets.UTF_8);
        Feed.inPieces(reader, bytes, bytes.length);
        assertThat(reader.sawFirstToken()).isEqualTo(isFirst);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"choices":[{"delta":{"content":"a"},"finish_reason":null}]} | false
                    {"choices":[{"delta":{},"finish_reason":"stop"}]} | true
                    {"choices":[{"text":"","finish_reason":"length"}]} | true
                    [DONE] | true
                    [DONE?] | false
                    {"type":"message_delta","delta":{"stop_reason":"end_turn"}} | true
                    {"type":"content_block_stop","index":0} | false
                    {"type":"response.output_text.done","text":"a"} | false
                    {"type":"response.completed","response":{"status":"completed"}} | true
                    {"error":{"message":"no"}} | true
                    """)
    void aStreamHasEndedIfItSaysSo(String event, boolean isEnd) {
        for (boolean filtered : new boolean[] {false, true}) {
            AnswerReader reader = AnswerReader.of(Route.CHAT_COMPLETIONS, "text/event-stream", filtered);
            byte[] bytes = ("data: " + event + "\n\n").getBytes(StandardCharsets.UTF_8);
            Feed.inPieces(reader, bytes, 7);
            assertThat(reader.toldItsEnd()).isEqualTo(isEnd);
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    RESPONSES, event: response.completed, true, false
                    RESPONSES, event: response.incomplete, true, false
                    RESPONSES, event: response.failed, true, true
                    RESPONSES, event: response.created, false, false
                    RESPONSES, : typeless, true, false
                    MESSAGES, event: content_block_delta, false, false
                    MESSAGES, event: error, true, true
                    CHAT_COMPLETIONS, : typeless, true, false
                    CHAT_COMPLETIONS, event: message, true, false
                    """)
    void ofAnEventTooLargeItsTypeTellsWhetherItWasTheLast(Route route, String line, boolean isEnd, boolean isError) {
        byte[] delta = "data: {\"type\":\"response.output_text.delta\"}\n\n".getBytes(StandardCharsets.UTF_8);
        byte[] large = (line + "\ndata: {\"response\":\"" + "x".repeat(EventScanner.MAX_EVENT_BYTES) + "\"}\n\n")
                .getBytes(StandardCharsets.UTF_8);
        for (boolean filtered : new boolean[] {false, true}) {
            AnswerReader reader = AnswerReader.of(route, "text/event-stream", filtered);
            Feed feed = new Feed(reader);
            feed.give(delta, 0, delta.length);
            assertThat(reader.toldItsEnd()).isFalse();
            feed.give(large, 0, 70_000);
            feed.give(large, 70_000, large.length - 70_000);
            assertThat(feed.end()).endsWith(large);
            assertThat(reader.toldItsEnd()).isEqualTo(isEnd);
            assertThat(reader.brokeOff()).isEqualTo(isError);
        }
    }

    @Test
    void blanksBeforeJsonAreNoToken() {
        AnswerReader reader = AnswerReader.of(Route.CHAT_COMPLETIONS, "application/json", false);
        Feed feed = new Feed(reader);
        feed.give(" \n ".getBytes(StandardCharsets.UTF_8), 0, 3);
        assertThat(reader.sawFirstToken()).isFalse();
        feed.give("{".getBytes(StandardCharsets.UTF_8), 0, 1);
        assertThat(reader.sawFirstToken()).isTrue();
        feed.breakOff();
    }

    @Test
    void oddCountsAreNotBelieved() {
        for (String count : new String[] {"-1", "1.5", "99999999999", "\"7\"", "null", "true", "[3]"}) {
            AnswerReader reader = AnswerReader.of(Route.CHAT_COMPLETIONS, null, false);
            byte[] body = "{\"usage\":{\"prompt_tokens\":%s},\"nested\":{\"usage\":{\"prompt_tokens\":4}}}"
                    .formatted(count)
                    .getBytes(StandardCharsets.UTF_8);
            assertThat(Feed.inPieces(reader, body, 3)).isEqualTo(body);
            assertThat(reader.usage()).isEqualTo(Usage.NONE);
        }
    }

    @Test
    void aCallInAnyChoiceCounts() {
        String body = "{\"choices\":[{\"finish_reason\":\"tool_calls\"},{\"finish_reason\":\"stop\"}]}";
        AnswerReader reader = AnswerReader.of(Route.CHAT_COMPLETIONS, null, false);
        Feed.inPieces(reader, body.getBytes(StandardCharsets.UTF_8), 5);
        assertThat(reader.usage().finish()).isEqualTo(Finish.TOOL_CALL);
    }

    @Test
    void whatIsNotReadablePassesUnread() {
        byte[] page = "<html>502 Bad Gateway</html>".getBytes(StandardCharsets.UTF_8);
        AnswerReader reader = AnswerReader.of(Route.MESSAGES, "text/html", true);
        assertThat(Feed.inPieces(reader, page, 4)).isEqualTo(page);
        assertThat(reader.usage()).isEqualTo(Usage.NONE);
        assertThat(reader.sawError()).isFalse();
    }
}
