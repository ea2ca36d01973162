package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TopFrameTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final TopFrame.Trend trend = new TopFrame.Trend();

    @Test
    void onePictureHoldsWhatAnOperatorLooksFor() throws IOException {
        trend.add(0.5);
        trend.add(0.9);
        List<String> lines = new TopFrame(new TerminalSize(100, 40), false)
                .render(state(2, 1), trend)
                .lines()
                .toList();

        assertThat(lines.get(0)).isEqualTo("sluice  enforce  working-set  vllm 0.32.0  http://127.0.0.1:8000");
        assertThat(lines.get(2)).startsWith("pressure       ████").contains("|").endsWith("   90 %  budget 95 %");
        assertThat(lines.get(3)).startsWith("engine's gauge ████").endsWith("   20 %  running requests only");
        assertThat(lines.get(4)).endsWith("    -  loss 2 %");
        assertThat(lines.get(5)).isEqualTo("trend          ▄▇");
        assertThat(lines.get(6)).isEqualTo("agents         3 running  4 resident  2 waiting, oldest 61 s  0 parked");
        assertThat(lines.get(9)).matches(" {3}1  waiting-0 +4\\.0k +3\\.0 s +7\\.5 s  over budget");
        assertThat(lines).last().asString().contains("other-0", "512", "resident");
    }

    @Test
    void itFitsTheTerminalHoweverManyAgentsThereAre() throws IOException {
        for (TerminalSize size : List.of(new TerminalSize(80, 24), new TerminalSize(1, 1), new TerminalSize(100, 40))) {
            List<String> lines = new TopFrame(size, false)
                    .render(state(500, 500), trend)
                    .lines()
                    .toList();
            assertThat(lines).hasSizeLessThan(size.rows());
            assertThat(lines)
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(Math.max(80, size.columns())));
            assertThat(lines).anyMatch(line -> line.contains("waiting-0")).anyMatch(line -> line.contains("other-0"));
        }
    }

    @Test
    void noTextFromOutsideMovesTheCursor() throws IOException {
        ObjectNode state = (ObjectNode) state(0, 1);
        ((ObjectNode) state.path("list").get(0)).put("id", "a\033[2Jb\nc");

        String frame = new TopFrame(new TerminalSize(100, 40), false).render(state, trend);
        assertThat(frame).contains("a?[2Jb?c").doesNotContain("\033");
        assertThat(new TopFrame(new TerminalSize(100, 40), true).render(state, trend))
                .contains("\033[34m");
    }

    @Test
    void onceAgainstARunningSluicePrintsOnePictureWithoutColours() {
        try (RunningSluice sluice = new RunningSluice(1, Map.of())) {
            sluice.await(
                    "the engine is known",
                    state -> state.at("/engine/kind").asText().equals("vllm"));
            StringWriter out = new StringWriter();
            int code = Main.commandLine().setOut(new PrintWriter(out, true)).execute("top", sluice.admin(), "--once");

            assertThat(code).isZero();
            assertThat(out.toString())
                    .startsWith("sluice  enforce  working-set  vllm ")
                    .contains("pressure")
                    .doesNotContain("\033");
        }
    }

    @Test
    void whatDoesNotAnswerIsNamed() {
        StringWriter err = new StringWriter();
        int code = Main.commandLine().setErr(new PrintWriter(err, true)).execute("top", "http://127.0.0.1:1", "--once");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).startsWith("sluice: http://127.0.0.1:1 does not answer (expected: the admin port");
        assertThat(Main.commandLine().setErr(new PrintWriter(err, true)).execute("top", "nonsense", "--once"))
                .isEqualTo(2);
    }

    private static JsonNode state(int waiting, int others) throws IOException {
        ObjectNode state = (ObjectNode) JSON.readTree("""
                {"mode":"enforce","law":"working-set","upstream":"http://127.0.0.1:8000",
                 "engine":{"kind":"vllm","version":"0.32.0","kvUsage":0.2,"hitRatio":null},
                 "pressure":0.9,"budget":0.95,"loss":{"ratio":0.02},"signals":{"fresh":true},
                 "agents":{"running":3,"resident":4,"waiting":2,"parked":0},"queue":{"size":2,"oldest":61.2}}""");
        ArrayNode list = state.putArray("list");
        for (int i = 0; i < waiting; i++) {
            agent(list, "waiting-" + i, "waiting", i + 1, "over_budget")
                    .put("footprint", 4_000)
                    .put("estimate", 7.5);
        }
        for (int i = 0; i < others; i++) {
            agent(list, "other-" + i, "resident", 0, "").put("held", 512);
        }
        return state;
    }

    private static ObjectNode agent(ArrayNode list, String id, String state, int position, String reason) {
        return list.addObject()
                .put("id", id)
                .put("state", state)
                .put("position", position)
                .put("reason", reason)
                .put("steps", 1)
                .put("since", 3.0);
    }
}
