package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.simulate.AgentShape;
import dev.sluice.simulate.HttpRun;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A run over HTTP is recorded, holds nothing that it must not, and is replayed. */
final class DecisionLogTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AgentShape SHAPE = new AgentShape(5, 512, 2_500, 600, 20, 0.3, 0.6);
    private static final int AGENTS = 8;

    @TempDir
    private Path folder;

    @Test
    void aRunIsRecordedAndReplayedUnderOtherSettings() throws Exception {
        Path log = folder.resolve("decisions.jsonl");
        JsonNode rest;
        try (RunningSluice sluice = new RunningSluice(10, Map.of("decisions.file", log.toString()))) {
            new HttpRun()
                    .run(
                            SHAPE.atOnce(AGENTS, 3),
                            sluice.base(),
                            "emulated-tiny",
                            Duration.ofMinutes(2),
                            (a, b, c) -> {});
            rest = sluice.awaitRest();
        }
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            lines.add(JSON.readTree(line));
        }
        int steps = count(lines, "arrived");
        assertThat(rest.path("mode").asText()).isEqualTo("enforce");
        assertThat(steps).isGreaterThan(AGENTS);
        assertThat(count(lines, "forwarded")).isEqualTo(steps);
        assertThat(count(lines, "ended")).isEqualTo(steps);
        assertThat(count(lines, "configured")).isEqualTo(1);
        // Clients' ids are agent-0 and so on, and every prompt holds words of three letters.
        assertThat(Files.readString(log)).doesNotContain("agent-").doesNotContain("127.0.0.1");

        Path off = Files.writeString(folder.resolve("off.yaml"), "mode: off");
        Path table = folder.resolve("table.json");
        assertThat(simulate(
                        "--replay",
                        log.toString(),
                        "--config",
                        off.toString(),
                        "--preset",
                        "tiny",
                        "--json",
                        table.toString()))
                .contains("Engine: tiny", "recorded", "replayed", "off.yaml");
        JsonNode columns = JSON.readTree(Files.readString(table));
        for (String column : List.of("recorded", "replayed", "off.yaml")) {
            assertThat(columns.at("/" + column + "/steps").asInt()).as(column).isEqualTo(steps);
        }
        assertThat(columns.at("/off.yaml/heldSteps").asInt()).isZero();
        assertThat(columns.at("/replayed/heldSteps").asInt()).isPositive();
    }

    @Test
    void whatCannotBeReplayedIsWrongUsageOrAFailureWithOneLine() throws Exception {
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine().setErr(new PrintWriter(err));
        assertThat(command.execute(
                        "simulate", "--replay", folder.resolve("none").toString()))
                .isEqualTo(CommandLine.ExitCode.SOFTWARE);
        Path empty = Files.createFile(folder.resolve("empty"));
        assertThat(command.execute("simulate", "--replay", empty.toString())).isEqualTo(CommandLine.ExitCode.USAGE);
        Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "queue: {maxSteps: 0}");
        assertThat(command.execute("simulate", "--replay", empty.toString(), "--config", wrong.toString()))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString().lines()).hasSize(3).anyMatch(line -> line.contains("queue.maxSteps: 0"));
    }

    private static int count(List<JsonNode> lines, String event) {
        return (int) lines.stream()
                .filter(line -> line.path("event").asText().equals(event))
                .count();
    }

    private static String simulate(String... arguments) {
        StringWriter out = new StringWriter();
        List<String> all = new ArrayList<>(List.of("simulate"));
        all.addAll(List.of(arguments));
        assertThat(Main.commandLine().setOut(new PrintWriter(out)).execute(all.toArray(new String[0])))
                .isZero();
        return out.toString();
    }
}
