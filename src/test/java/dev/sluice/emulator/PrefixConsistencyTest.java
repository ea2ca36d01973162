package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** An answer sent back verbatim gives the tokens that were generated: each request extends the one before and its answer. */
final class PrefixConsistencyTest {

    private static final int CONVERSATIONS = 40;
    private static final int STEPS = 6;
    private static final String TOOL_SCHEMA = """
            {"type":"object","required":["wörd","path"],"properties":{
             "path":{"type":"string"},"wörd":{"type":"string","enum":["é\\n\\"x","b"]},"limit":{"type":"integer"}}}
            """;

    private final Plan.Maker plans = new Plan.Maker("m", 1 << 20, new Generator(3), Script.NONE);

    @Test
    void chat() throws Exception {
        converse(new ChatApi(), new Dialect() {
            @Override
            public void begin(ObjectNode body, SplittableRandom random) throws Exception {
                ArrayNode messages = body.putArray("messages");
                messages.addObject().put("role", "system").put("content", text(random));
                messages.addObject().put("role", "user").put("content", text(random));
                ObjectNode function = body.putArray("tools").addObject().put("type", "function");
                function.putObject("function").put("name", "read").set("parameters", schema());
            }

            @Override
            public void goOn(ObjectNode body, ObjectNode answer, SplittableRandom random) {
                ArrayNode messages = (ArrayNode) body.path("messages");
                JsonNode message = answer.path("choices").path(0).path("message");
                messages.add(message);
                String role = message.has("tool_calls") ? "tool" : "user";
                messages.addObject().put("role", role).put("content", text(random));
            }
        });
    }

    @Test
    void completions() throws Exception {
        converse(new CompletionsApi(), new Dialect() {
            @Override
            public void begin(ObjectNode body, SplittableRandom random) {
                body.put("prompt", text(random));
            }

            @Override
            public void goOn(ObjectNode body, ObjectNode answer, SplittableRandom random) {
                String said = answer.path("choices").path(0).path("text").asText();
                body.put("prompt", body.path("prompt").asText() + said + text(random));
            }
        });
    }

    @Test
    void messages() throws Exception {
        converse(new MessagesApi(), new Dialect() {
            @Override
            public void begin(ObjectNode body, SplittableRandom random) throws Exception {
                body.put("system", text(random));
                body.putArray("messages").addObject().put("role", "user").put("content", text(random));
                body.putArray("tools").addObject().put("name", "read").set("input_schema", schema());
            }

            @Override
            public void goOn(ObjectNode body, ObjectNode answer, SplittableRandom random) {
                ArrayNode messages = (ArrayNode) body.path("messages");
                JsonNode content = answer.path("content");
                messages.addObject().put("role", "assistant").set("content", content);
                ArrayNode next = messages.addObject().put("role", "user").putArray("content");
                boolean called = answer.path("stop_reason").asText().equals("tool_use");
                next.addObject()
                        .put("type", called ? "tool_result" : "text")
                        .put(called ? "content" : "text", text(random))
                        .putObject("cache_control")
                        .put("type", "ephemeral");
            }
        });
    }

    @Test
    void responses() throws Exception {
        converse(new ResponsesApi(), new Dialect() {
            @Override
            public void begin(ObjectNode body, SplittableRandom random) throws Exception {
                body.put("instructions", text(random));
                body.putArray("input").addObject().put("role", "user").put("content", text(random));
                ObjectNode tool = body.putArray("tools").addObject().put("type", "function");
                tool.put("name", "read").set("parameters", schema());
            }

            @Override
            public void goOn(ObjectNode body, ObjectNode answer, SplittableRandom random) {
                ArrayNode input = (ArrayNode) body.path("input");
                String last = "";
                for (JsonNode item : answer.path("output")) {
                    input.add(item);
                    last = item.path("type").asText();
                }
                if (last.equals("function_call")) {
                    input.addObject().put("type", "function_call_output").put("output", text(random));
                } else {
                    input.addObject().put("role", "user").put("content", text(random));
                }
            }
        });
    }

    /** How one API's client keeps its history. */
    private interface Dialect {

        void begin(ObjectNode body, SplittableRandom random) throws Exception;

        void goOn(ObjectNode body, ObjectNode answer, SplittableRandom random);
    }

    private void converse(GenerationApi api, Dialect dialect) throws Exception {
        int calls = 0;
        for (int seed = 0; seed < CONVERSATIONS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ObjectNode body = Json.object();
            dialect.begin(body, random);
            for (int step = 0; step < STEPS; step++) {
                limit(body, random);
                Plan plan = plans.plan(api, new RequestBody(body.deepCopy()), step);
                List<Long> generated = tokens(api, body);
                assertThat(generated).hasSize(plan.sequence().promptTokens());
                plan.answer().render(new TokenRule(generated::add));

                calls += plan.answer().stop() == Answer.Stop.TOOL_CALLS ? 1 : 0;
                dialect.goOn(body, whole(api, plan), random);

                assertThat(tokens(api, body))
                        .as("seed %d, step %d, %s", seed, step, plan.answer())
                        .startsWith(generated.toArray(new Long[0]));
            }
        }
        assertThat(calls > 0).isEqualTo(api.turns());
    }

    /** Now and then the length cuts the answer off. */
    private static void limit(ObjectNode body, SplittableRandom random) {
        int limit = random.nextInt(1, 400);
        body.put("max_tokens", limit).put("max_output_tokens", limit).put("ignore_eos", random.nextInt(4) == 0);
    }

    private static ObjectNode whole(GenerationApi api, Plan plan) throws Exception {
        ObjectNode whole =
                api.form(new GenerationApi.Told("id", 0, "m", 0, plan)).whole();
        return (ObjectNode) Json.MAPPER.readTree(Json.bytes(whole));
    }

    private static List<Long> tokens(GenerationApi api, ObjectNode body) throws Exception {
        List<Long> tokens = new ArrayList<>();
        api.render(new RequestBody(body), new TokenRule(tokens::add));
        return tokens;
    }

    private static JsonNode schema() throws Exception {
        return Json.MAPPER.readTree(TOOL_SCHEMA);
    }

    private static String text(SplittableRandom random) {
        String[] words = {"a", "bé", "日本語", "\n", " ", "longer word", "\t{", "\"", "😀"};
        StringBuilder text = new StringBuilder("x");
        for (int i = random.nextInt(30); i > 0; i--) {
            text.append(words[random.nextInt(words.length)]);
        }
        return text.toString();
    }
}
