package dev.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.agent.Bodies.Head;
import dev.sluice.agent.Bodies.Said;
import dev.sluice.api.BadRequestException;
import dev.sluice.api.RequestFacts;
import dev.sluice.api.RequestReader;
import dev.sluice.api.Route;
import io.netty.buffer.Unpooled;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A body of which parts are known is read as if it were the first. */
final class KnownMessagesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RequestReader READER = new RequestReader(Set.of("metadata.session"));
    private static final Set<String> REMOVED = Set.of("program_id");

    @ParameterizedTest
    @EnumSource(
            value = Route.class,
            names = {"CHAT_COMPLETIONS", "MESSAGES", "RESPONSES"})
    void aConversationIsReadTheSameStepByStep(Route route) throws Exception {
        Random chance = new Random(11);
        for (int talk = 0; talk < 8; talk++) {
            Head head = new Head("m", text(chance, 900), talk % 2 == 0 ? text(chance, 200) : null);
            List<Said> history = new ArrayList<>(List.of(Said.user(text(chance, 3_000))));
            for (int step = 0; step < 12; step++) {
                ObjectNode body = Bodies.body(route, head, history);
                body.put("program_id", "p").putObject("metadata").put("session", "s" + talk);
                same(route, body.toString(), StandardCharsets.UTF_8);
                // The tools move to the end, as some clients have it, and what an old message says changes now and
                // then.
                if (body.has("tools")) {
                    body.set("tools", body.remove("tools"));
                }
                same(route, body.toString(), StandardCharsets.UTF_8);
                history.add(new Said("assistant", text(chance, 400), "call_" + chance.nextInt()));
                history.add(new Said("tool", text(chance, 2_000), "call_" + chance.nextInt()));
                if (step % 5 == 4) {
                    history.set(chance.nextInt(history.size()), Said.user(text(chance, 500)));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-32BE"})
    void inWhateverForm(String encoding) throws Exception {
        Random chance = new Random(3);
        List<Said> history = new ArrayList<>();
        for (int step = 0; step < 6; step++) {
            history.add(new Said(step % 2 == 0 ? "user" : "assistant", text(chance, 700), null));
            JsonNode body = Bodies.body(Route.MESSAGES, new Head("m", text(new Random(5), 300), "run"), history);
            for (int twice = 0; twice < 2; twice++) {
                same(Route.MESSAGES, body.toPrettyString(), Charset.forName(encoding));
                same(Route.MESSAGES, body.toString(), Charset.forName(encoding));
            }
        }
    }

    /** Wherever a body is cut, and whatever stands there instead, what is wrong is told as ever. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsWrongBehindKnownMessagesIsToldTheSame(boolean isPretty) throws Exception {
        Random chance = new Random(4);
        ObjectNode body = Bodies.body(
                Route.CHAT_COMPLETIONS,
                new Head("m", text(chance, 300), "run"),
                List.of(
                        Said.user(text(chance, 300)),
                        new Said("assistant", text(chance, 200), "call_1"),
                        Said.user("Go on. ".repeat(200))));
        String whole = isPretty ? body.toPrettyString() : body.toString();
        same(Route.CHAT_COMPLETIONS, whole, StandardCharsets.UTF_8);
        for (int cut = 0; cut < whole.length(); cut += 1 + chance.nextInt(19)) {
            same(Route.CHAT_COMPLETIONS, whole.substring(0, cut), StandardCharsets.UTF_8);
            same(Route.CHAT_COMPLETIONS, whole.substring(0, cut) + "}" + whole.substring(cut), StandardCharsets.UTF_8);
        }
    }

    /** A later list counts instead of an earlier one, and a system prompt amid the history is a message. */
    @ParameterizedTest
    @ValueSource(
            strings = {"{\"messages\":[%2$s],\"messages\":[%1$s]}", "{\"messages\":[%1$s,%2$s,%1$s],\"tools\":[%2$s]}"})
    void whatIsKnownCountsWhereItStands(String form) throws Exception {
        ArrayNode list = JSON.createArrayNode();
        list.addObject().put("role", "system").put("content", "One. ".repeat(300));
        list.addObject().put("role", "user").put("content", "Two. ".repeat(300));
        String system = list.get(0).toString();
        String user = list.get(1).toString();
        same(Route.CHAT_COMPLETIONS, "{\"messages\":[" + system + "," + user + "]}", StandardCharsets.UTF_8);
        for (int twice = 0; twice < 2; twice++) {
            same(Route.CHAT_COMPLETIONS, form.formatted(system, user), StandardCharsets.UTF_8);
            same(Route.CHAT_COMPLETIONS, form.formatted(user, system), StandardCharsets.UTF_8);
        }
    }

    /** Reads on this thread, which knows what it has read, and on one that knows nothing. */
    private static void same(Route route, String body, Charset encoding) throws InterruptedException {
        byte[] bytes = body.getBytes(encoding);
        AtomicReference<String> asNew = new AtomicReference<>();
        Thread beginner = new Thread(() -> asNew.set(told(route, bytes)));
        beginner.start();
        beginner.join();
        assertThat(told(route, bytes)).as(body).isEqualTo(asNew.get());
    }

    private static String told(Route route, byte[] body) {
        try {
            RequestFacts facts = READER.read(route, Unpooled.wrappedBuffer(body), REMOVED);
            StringBuilder told = new StringBuilder();
            told.append(facts.model()).append(facts.started()).append(facts.identity());
            told.append(facts.usageEdit()).append(facts.removals()).append(facts.priorityPlace());
            Chain chain = facts.chain();
            told.append(chain.head());
            for (int i = 0; i < chain.length(); i++) {
                told.append('\n').append(chain.speaker(i)).append(chain.prefix(i + 1));
                told.append(' ').append(chain.mark(i)).append(' ').append(chain.bytes(i + 1));
            }
            return told.toString();
        } catch (BadRequestException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String text(Random chance, int most) {
        StringBuilder text = new StringBuilder();
        for (int left = chance.nextInt(most); left > 0; left--) {
            text.appendCodePoint("ab 7/\u00e9\u20ac\n\"\\\uD83D\uDE00".codePointAt(chance.nextInt(11)));
        }
        return text.toString();
    }
}
