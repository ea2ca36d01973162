package dev.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.agent.Bodies.Head;
import dev.sluice.agent.Bodies.Said;
import dev.sluice.api.Route;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What of a body makes its chain, in which form, and what does not matter. */
final class PromptChainTest {

    private static final Head HEAD = new Head("m", "You work.", "run");
    private static final Said ASKED = Said.user("What is in \"a.txt\"? \u00e9\u4e2d\ud83d\ude00");
    private static final Said ANSWER = new Said("assistant", "I look at  it.", "call_7");
    private static final Said RESULT = new Said("tool", "nothing", "call_7");

    @ParameterizedTest
    @EnumSource(
            value = Route.class,
            names = {"CHAT_COMPLETIONS", "MESSAGES", "RESPONSES"})
    void aRequestExtendsTheOneBeforeItMessageByMessage(Route route) {
        Chain first = Bodies.chain(route, HEAD, List.of(ASKED));
        Chain second = Bodies.chain(route, HEAD, List.of(ASKED, ANSWER, RESULT));

        assertThat(first.length()).isEqualTo(1);
        assertThat(second.prefix(1)).isEqualTo(first.prefix(1));
        assertThat(second.speaker(1)).isEqualTo(Chain.Speaker.MODEL);
        assertThat(second.lastAnswer()).isEqualTo(second.length() - 1);
        assertThat(second.head().system()).isEqualTo(first.head().system());
        assertThat(second.head().tools()).isEqualTo(first.head().tools()).isNotZero();
        assertThat(Bodies.chain(route, new Head("m", "You rest.", "run"), List.of(ASKED))
                        .head()
                        .system())
                .isNotEqualTo(first.head().system());
    }

    @ParameterizedTest
    @EnumSource(
            value = Route.class,
            names = {"CHAT_COMPLETIONS", "MESSAGES", "RESPONSES"})
    void theAnswerAndItsRepetitionHaveOneMark(Route route) {
        for (Said answer : List.of(ANSWER, new Said("assistant", "Just\n words of some length. ".repeat(9), null))) {
            AnswerTrace trace = Bodies.trace(route, answer);
            Chain next = Bodies.chain(route, HEAD, List.of(ASKED, answer, Said.user("Go on.")));

            assertThat(trace.mark()).isNotZero().isEqualTo(next.mark(1));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            CHAT_COMPLETIONS | {"role":"assistant","content":"I look","tool_calls":[{"id":"call_7","type":"function"}]} | {"choices":[{"delta":{"role":"assistant","content":"I"}}]}~{"choices":[{"delta":{"content":" look"}}]}~{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_7"}]}}]}
            CHAT_COMPLETIONS | {"role":"assistant","content":"I look"} | {"choices":[{"delta":{"role":"assistant","content":"I"}}]}~{"choices":[{"delta":{"content":" look"}}]}
            MESSAGES | {"role":"assistant","content":[{"type":"text","text":"I look"},{"type":"tool_use","id":"toolu_7","name":"run","input":{}}]} | {"type":"message_start","message":{"id":"msg_1","content":[]}}~{"type":"content_block_delta","delta":{"type":"text_delta","text":"I look"}}~{"type":"content_block_start","content_block":{"type":"tool_use","id":"toolu_7"}}
            MESSAGES | {"role":"assistant","content":"I look"} | {"type":"content_block_delta","delta":{"type":"text_delta","text":"I lo"}}~{"type":"content_block_delta","delta":{"type":"text_delta","text":"ok "}}
            RESPONSES | {"type":"function_call","call_id":"call_7","name":"run","arguments":"{}"} | {"type":"response.created","response":{"id":"resp_1"}}~{"type":"response.output_item.added","item":{"type":"function_call","id":"fc_1","call_id":"call_7"}}
            RESPONSES | {"role":"assistant","content":[{"type":"output_text","text":"I look"}]} | {"type":"response.created","response":{"id":"resp_1"}}~{"type":"response.output_text.delta","delta":"I look"}~{"type":"response.completed","response":{"id":"resp_1","output":[{"type":"message","content":[{"type":"output_text","text":"I look"}]}]}}
            """)
    void aStreamedAnswerHasTheMarkOfItsRepetition(Route route, String repeated, String events) {
        StringBuilder stream = new StringBuilder();
        for (String event : events.split("~")) {
            stream.append("data: ").append(event).append("\n\n");
        }
        AnswerTrace trace = Bodies.trace(route, "text/event-stream", stream.toString());
        String list = route == Route.RESPONSES ? "input" : "messages";
        Chain next =
                Bodies.chain(route, "{\"" + list + "\":[{\"role\":\"user\",\"content\":\"hi\"}," + repeated + "]}");

        assertThat(trace.mark()).isNotZero().isEqualTo(next.mark(1));
        assertThat(trace.id() != 0).isEqualTo(route == Route.RESPONSES);
    }

    @Test
    void formDoesNotMatter() {
        Chain plain = messages("{\"role\":\"user\",\"content\":\"h\u00e9 /\",\"x\":{\"a\":1,\"b\":[true,\"s\"]}}");

        for (String same : List.of(
                "{\"x\":{\"b\":[true,\"s\"],\"a\":1},\"content\":\"h\u00e9 /\",\"role\":\"user\"}",
                "{ \"role\" : \"user\", \"content\":\"h\\u00e9 \\/\" ,\"x\":{\"a\":1, \"b\":[ true,\"s\"]}}",
                "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"h\u00e9 /\"}],\"x\":{\"a\":1,\"b\":[true,\"s\"]}}",
                "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"h\u00e9 /\",\"cache_control\":{\"type\":\"ephemeral\"}}],"
                        + "\"x\":{\"a\":1,\"b\":[true,\"s\"]},\"name\":null,\"cache_control\":{\"ttl\":\"1h\"}}")) {
            assertThat(messages(same).prefix(1)).as(same).isEqualTo(plain.prefix(1));
        }
        for (String other : List.of(
                "{\"role\":\"user\",\"content\":\"h\u00e9 /\",\"x\":{\"a\":1,\"b\":[\"s\",true]}}",
                "{\"role\":\"user\",\"content\":\"h\u00e9 /\",\"x\":{\"b\":1,\"a\":[true,\"s\"]}}",
                "{\"role\":\"assistant\",\"content\":\"h\u00e9 /\",\"x\":{\"a\":1,\"b\":[true,\"s\"]}}",
                "{\"role\":\"user\",\"content\":\"h\u00e9 / \",\"x\":{\"a\":1,\"b\":[true,\"s\"]}}")) {
            assertThat(messages(other).prefix(1)).as(other).isNotEqualTo(plain.prefix(1));
        }
    }

    /** Long ones are passed in blocks, and whatever stands at a block's end is part of the text, too. */
    @Test
    void howATextIsEscapedDoesNotMatter() {
        Random chance = new Random(4096);
        for (int round = 0; round < 300; round++) {
            StringBuilder one = new StringBuilder();
            StringBuilder other = new StringBuilder();
            for (int left = chance.nextInt(round % 10 == 0 ? 9_000 : 60); left > 0; left--) {
                int character = "ab/\u00e9\u20ac\n\"\\\uD83D\uDE00".codePointAt(chance.nextInt(9));
                one.append(written(character, chance));
                other.append(written(character, chance));
            }
            String front = "{\"role\":\"user\",\"content\":\"";
            Chain chain = messages(front + one + "\"}");
            assertThat(messages(front + other + "\"}").prefix(1))
                    .as("round %d: %s, %s", round, one, other)
                    .isEqualTo(chain.prefix(1));
            assertThat(messages(front + other + "c\"}").prefix(1)).isNotEqualTo(chain.prefix(1));
        }
    }

    /** One of the ways to write a character, or half of one, in a JSON string. */
    private static String written(int character, Random chance) {
        String text = Character.toString(character);
        String usual = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        if (chance.nextInt(3) > 0) {
            return usual;
        }
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(unit -> escaped.append(String.format("\\u%04x", unit)));
        return escaped.toString();
    }

    @Test
    void halfACharacterEndsWithItsText() {
        String answer = "{\"role\":\"assistant\",\"content\":\"I look \\ud83d\"}";
        Chain whole = messages("{\"role\":\"user\",\"content\":\"cut\"}," + answer);
        Chain cut = messages("{\"role\":\"user\",\"content\":\"cut \\ud83d\"}," + answer);
        AnswerTrace trace = Bodies.trace(
                Route.CHAT_COMPLETIONS,
                "text/event-stream",
                "data: {\"choices\":[{\"delta\":{\"content\":\"I look \\ud83d\"}}]}\n\n");

        assertThat(cut.prefix(1)).isNotEqualTo(whole.prefix(1));
        assertThat(cut.mark(1)).isNotZero().isEqualTo(whole.mark(1)).isEqualTo(trace.mark());
    }

    @Test
    void theOrderOfTheBodysFieldsDoesNotMatter() {
        Chain one = Bodies.chain(Route.MESSAGES, """
                {"model":"m","system":"s","tools":[1],"messages":[{"role":"user","content":"hi"}]}""");
        Chain other = Bodies.chain(Route.MESSAGES, """
                {"messages":[{"role":"user","content":"hi"}],"tools":[1],"system":[{"type":"text","text":"s"}],"model":"m"}""");

        assertThat(other).usingRecursiveComparison().isEqualTo(one);
    }

    @Test
    void leadingSystemMessagesAreTheHeadAndLaterOnesAreNot() {
        Chain chain = Bodies.chain(Route.CHAT_COMPLETIONS, """
                {"messages":[{"role":"system","content":"s"},{"role":"developer","content":"d"},
                 {"role":"user","content":"hi"},{"role":"system","content":"t"}]}""");

        assertThat(chain.length()).isEqualTo(2);
    }

    @Test
    void theInputOfAResponseMayBePlainText() {
        Chain text = Bodies.chain(Route.RESPONSES, "{\"input\":\"hi\"}");
        Chain items = Bodies.chain(Route.RESPONSES, """
                {"input":[{"type":"message","role":"user","content":"hi"}],"previous_response_id":null}""");

        assertThat(items.prefix(1)).isEqualTo(text.prefix(1));
        assertThat(Bodies.chain(Route.RESPONSES, "{\"input\":\"hi\",\"previous_response_id\":\"resp_1\"}")
                        .answered())
                .isEqualTo(Bodies.trace(Route.RESPONSES, "application/json", "{\"id\":\"resp_1\"}")
                        .id());
    }

    @Test
    void aPlainPromptIsCutIntoPieces() {
        String prompt = "word ".repeat(100);
        Chain text = Bodies.chain(Route.COMPLETIONS, "{\"prompt\":\"" + prompt + "\"}");
        Chain longer = Bodies.chain(Route.COMPLETIONS, "{\"prompt\":\"" + prompt + "and more" + "\"}");
        Chain tokens = Bodies.chain(Route.COMPLETIONS, "{\"prompt\":[" + "11,".repeat(99) + "12]}");

        assertThat(text.length()).isEqualTo(500 / 64);
        assertThat(longer.prefix(7)).isEqualTo(text.prefix(7));
        assertThat(tokens.length()).isEqualTo(3);
        assertThat(Bodies.chain(Route.COMPLETIONS, "{\"prompt\":[[1,2],[3]]}").isEmpty())
                .isTrue();
        assertThat(Bodies.chain(Route.COMPLETIONS, "{\"prompt\":[\"a\",\"b\"]}").isEmpty())
                .isTrue();
    }

    @Test
    void nestingBeyondReasonIsPassedAndDoesNotExhaustTheStack() {
        String deep = "[".repeat(9_000) + "]".repeat(9_000);
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":" + deep + "}]}";

        assertThat(Bodies.chain(Route.CHAT_COMPLETIONS, body).length()).isEqualTo(1);
    }

    @Test
    void ofMessagesWithoutEndTheLastStandTogether() {
        String many = "0,".repeat(Chain.MOST_MESSAGES);
        Chain chain = Bodies.chain(Route.CHAT_COMPLETIONS, "{\"messages\":[" + many + "1,2]}");
        Chain other = Bodies.chain(Route.CHAT_COMPLETIONS, "{\"messages\":[" + many + "1,3]}");

        assertThat(chain.length()).isEqualTo(Chain.MOST_MESSAGES);
        assertThat(chain.prefix(chain.length() - 1)).isEqualTo(other.prefix(chain.length() - 1));
        assertThat(chain.prefix(chain.length())).isNotEqualTo(other.prefix(chain.length()));
    }

    @Test
    void longTextsHashAsTheirParts() {
        // Longer than any buffer of the parser: it comes in segments.
        String one = "\u00e9abcdefg".repeat(20_000);
        Chain chain = messages("{\"role\":\"user\",\"content\":\"" + one + "\"}");

        assertThat(messages("{\"role\":\"user\",\"content\":\"" + one + "\"}").prefix(1))
                .isEqualTo(chain.prefix(1));
        assertThat(messages("{\"role\":\"user\",\"content\":\"" + one.replace("\u00e9", "\\u00e9") + "\"}")
                        .prefix(1))
                .isEqualTo(chain.prefix(1));
    }

    private static Chain messages(String message) {
        return Bodies.chain(Route.CHAT_COMPLETIONS, "{\"messages\":[" + message + "]}");
    }
}
