package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.agent.Chain;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestReaderTest {

    private static final RequestReader READER = new RequestReader(Set.of(
            "session_id", "user", "metadata.user_id", "metadata.session_id", "conversation_params.conversation_id"));

    @Test
    void findsWhatAChatRequestSays() throws BadRequestException {
        RequestFacts facts = read(Route.CHAT_COMPLETIONS, """
                {"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,
                 "stream_options":{"include_usage":true},"max_completion_tokens":99,"max_tokens":7}""");
        assertSays(facts, new RequestFacts("m", true, true, false, 99, Map.of(), null, Chain.NONE));
    }

    private static void assertSays(RequestFacts facts, RequestFacts expected) {
        assertThat(facts)
                .usingRecursiveComparison()
                .ignoringFields("chain", "priorityPlace")
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"messages":[]}               | 1
                    '  { "messages":[]}'          | 3
                    {"a":{"priority":1}}          | 1
                    {"messages":[],"priority":3}  | -1
                    {"priority":null}             | -1
                    {}                            | -1
                    """)
    void aPriorityHasItsPlaceBeforeAllFieldsUnlessThereIsOne(String body, int place) throws BadRequestException {
        assertThat(read(Route.CHAT_COMPLETIONS, body).priorityPlace()).isEqualTo(place);
    }

    @Test
    void findsNothingInAnEmptyObject() throws BadRequestException {
        assertSays(
                read(Route.MESSAGES, " {} "),
                new RequestFacts(null, false, true, false, -1, Map.of(), null, Chain.NONE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    CHAT_COMPLETIONS | {"messages":[{"role":"user"}]} | false
                    CHAT_COMPLETIONS | {"messages":[{"role":"user"},{"content":{"a":[1]},"role":"assistant"}]} | true
                    CHAT_COMPLETIONS | {"messages":[{"role":"user","content":[{"role":"assistant"}]}]} | false
                    CHAT_COMPLETIONS | {"messages":[{"role":"assistant"}],"messages":[]} | false
                    CHAT_COMPLETIONS | {"messages":{"role":"assistant"}} | false
                    CHAT_COMPLETIONS | {"messages":[["assistant"],3,null]} | false
                    CHAT_COMPLETIONS | {"input":[{"role":"assistant"}],"previous_response_id":"r"} | false
                    COMPLETIONS | {"prompt":"user: hi assistant: ho","messages":[{"role":"assistant"}]} | false
                    MESSAGES | {"messages":[{"role":"user"},{"role":"assistant"}]} | true
                    MESSAGES | {"messages":[{"role":"user"},{"role":"system"}]} | false
                    RESPONSES | {"input":"hi"} | false
                    RESPONSES | {"input":[{"type":"message","role":"user"}]} | false
                    RESPONSES | {"input":[{"type":"message","role":"assistant"}]} | true
                    RESPONSES | {"input":[{"type":"reasoning"}]} | true
                    RESPONSES | {"input":[{"type":"function_call"}]} | true
                    RESPONSES | {"input":[{"type":"function_call_output"}]} | true
                    RESPONSES | {"input":[{"type":"item_reference"}]} | true
                    RESPONSES | {"input":"go on","previous_response_id":"resp_1"} | true
                    RESPONSES | {"input":"hi","previous_response_id":null,"conversation":null} | false
                    RESPONSES | {"input":"go on","conversation":{"id":"conv_1"}} | true
                    """)
    void startedMeansThatTheHistoryHoldsAnAnswer(Route route, String body, boolean started) throws BadRequestException {
        assertThat(read(route, body).started()).isEqualTo(started);
    }

    @Test
    void takesIdentityFromConfiguredPathsOnly() throws BadRequestException {
        assertThat(read(Route.MESSAGES, """
                                {"metadata":{"user_id":"u-1","other":"x","deep":{"user_id":"no"}},"user":42,
                                 "conversation_params":{"conversation_id":"c"},"user_id":"no","session_id":""}""").identity())
                .containsOnly(
                        Map.entry("metadata.user_id", "u-1"),
                        Map.entry("user", "42"),
                        Map.entry("conversation_params.conversation_id", "c"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "null", "true", "1.5", "[\"a\"]", "{\"a\":\"b\"}"})
    void whatIsNoIdentityIsIgnored(String value) throws BadRequestException {
        String body = "{\"session_id\":\"a\",\"metadata\":%s,\"session_id\":%s}".formatted(value, value);
        assertThat(read(Route.CHAT_COMPLETIONS, body).identity()).isEmpty();
    }

    @Test
    void identitiesHaveABound() throws BadRequestException {
        String longest = "x".repeat(1024);
        assertThat(read(Route.CHAT_COMPLETIONS, "{\"user\":\"" + longest + "\"}")
                        .identity())
                .containsEntry("user", longest);
        assertThat(read(Route.CHAT_COMPLETIONS, "{\"user\":\"" + longest + "x\"}")
                        .identity())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":7,\"stream\":\"yes\",\"max_tokens\":\"many\",\"stream_options\":[1],\"messages\":3}",
                "{\"model\":null,\"stream\":{\"a\":1},\"max_tokens\":99999999999999999999,\"metadata\":[[]]}",
                "{\"temperature\":NaN,\"a\":-Infinity,\"max_tokens\":-5}",
                "\uFEFF{\"a\":\"\\ud800\"}"
            })
    void whatTheEngineMayTakePasses(String body) throws BadRequestException {
        for (Route route : Route.values()) {
            assertSays(read(route, body), new RequestFacts(null, false, true, false, -1, Map.of(), null, Chain.NONE));
        }
    }

    @Test
    void passesWhatIsDeepOrLong() throws BadRequestException {
        String deep = "[".repeat(5_000) + "]".repeat(5_000);
        String longOne = "9".repeat(5_000) + ".5";
        String body = "{\"a\":%s,\"b\":%s,\"c\":\"%s\",\"%s\":1,\"model\":\"m\"}"
                .formatted(deep, longOne, "é".repeat(3_000_000), "k".repeat(100_000));
        assertThat(read(Route.CHAT_COMPLETIONS, body).model()).isEqualTo("m");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''            | body: empty (expected: one JSON object)
                    '  '          | body: empty (expected: one JSON object)
                    [1]           | body: JSON of another kind (expected: one JSON object)
                    "text"        | body: JSON of another kind (expected: one JSON object)
                    {} {}         | body: more after the JSON object (expected: one JSON object)
                    {} x          | body: invalid JSON at line 1, column 4 (expected: one JSON object)
                    {"a":1,}      | body: invalid JSON at line 1, column 8 (expected: one JSON object)
                    {"a":         | body: invalid JSON at line 1, column 6 (expected: one JSON object)
                    {"a":"secret" | body: invalid JSON at line 1, column 14 (expected: one JSON object)
                    """)
    void refusesWhatNoEngineCouldRead(String body, String message) {
        assertThatThrownBy(() -> read(Route.CHAT_COMPLETIONS, body))
                .isInstanceOf(BadRequestException.class)
                .hasMessage(message);
    }

    @Test
    void refusesEndlessNesting() {
        assertThatThrownBy(() -> read(Route.MESSAGES, "{\"a\":" + "[".repeat(1_000_000)))
                .isInstanceOf(BadRequestException.class)
                .hasMessage("body: nested too deep (expected: at most 10000 levels)");
    }

    @Test
    void readsUtf16AsPythonDoesAndLeavesItUnedited() throws BadRequestException {
        RequestFacts facts =
                read(Route.CHAT_COMPLETIONS, "{\"model\":\"m\",\"stream\":true}", StandardCharsets.UTF_16LE);
        assertThat(facts.model()).isEqualTo("m");
        assertThat(facts.usageEdit()).isNull();
    }

    @Test
    void leavesTheBodyAsItWas() throws BadRequestException {
        ByteBuf body = Unpooled.copiedBuffer("xx{\"model\":\"m\"}", StandardCharsets.UTF_8);
        body.skipBytes(2);
        READER.read(Route.MESSAGES, body);
        assertThat(body.readerIndex()).isEqualTo(2);
        assertThat(body.refCnt()).isEqualTo(1);
        body.release();
    }

    private static RequestFacts read(Route route, String body) throws BadRequestException {
        return read(route, body, StandardCharsets.UTF_8);
    }

    private static RequestFacts read(Route route, String body, Charset charset) throws BadRequestException {
        return READER.read(route, Unpooled.wrappedBuffer(body.getBytes(charset)));
    }
}
