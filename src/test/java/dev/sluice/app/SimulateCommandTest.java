package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** {@code simulate} on a short trace: tables, files and pictures. */
final class SimulateCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path trace = Path.of("");

    @BeforeEach
    void writeTrace() throws IOException {
        String session = "{\"block\":64,\"requests\":[{\"in\":3200,\"out\":40,\"h\":[[%1$d000,50]],\"think\":0},"
                + "{\"in\":4480,\"out\":40,\"h\":[[%1$d000,70]],\"think\":1}]}%n";
        StringBuilder sessions = new StringBuilder();
        for (int i = 1; i <= 6; i++) {
            sessions.append(String.format(session, i));
        }
        trace = Files.writeString(folder.resolve("a&b.jsonl"), sessions);
    }

    @Test
    void faultsStandSideBySideWithTheLowerBoundInTableJsonAndCsv() throws IOException {
        Path json = folder.resolve("t.json");
        Path csv = folder.resolve("t.csv");

        assertThat(simulate("--fault", "none,pool-half", "--json", json.toString(), "--csv", csv.toString()))
                .isZero();

        List<String> lines = out.toString().lines().toList();
        assertThat(lines.get(1)).startsWith("law ").contains("x bound", "door99", "longest");
        assertThat(lines.get(2)).startsWith("off, none ");
        assertThat(lines.get(3)).startsWith("working-set, none ");
        assertThat(lines.get(4)).startsWith("lower bound ");
        assertThat(lines.get(6)).startsWith("working-set, pool-half ");
        assertThat(lines)
                .last()
                .asString()
                .matches("48 requests simulated in [0-9.,]+ s of processor time, .* a second.");
        JsonNode rows = new ObjectMapper().readTree(json.toFile()).get("a&b.jsonl");
        assertThat(rows).hasSize(4).allSatisfy(row -> {
            assertThat(row.get("boundMakespanSeconds").asDouble()).isPositive();
            assertThat(row.get("makespanOverBound").asDouble()).isGreaterThanOrEqualTo(1);
            assertThat(row.get("doorWaitMaxSeconds").asDouble())
                    .isGreaterThanOrEqualTo(row.get("doorWaitP99Seconds").asDouble());
        });
        assertThat(rows.get(3).get("fault").asText()).isEqualTo("pool-half");
        List<String> sheet = Files.readAllLines(csv);
        assertThat(sheet)
                .hasSize(5)
                .allSatisfy(line -> assertThat(line.split(",", -1))
                        .hasSameSizeAs(sheet.get(0).split(",", -1)));
    }

    @Test
    void picturesAreWholeDocumentsOnOnePage() throws Exception {
        Path plots = folder.resolve("some/plots");

        assertThat(simulate("--plots", plots.toString())).isZero();

        Path place = plots.resolve("a&b.jsonl");
        assertThat(out.toString()).contains("picture: " + place.resolve("index.html"));
        Document runs = parse(place.resolve("runs.svg"));
        assertThat(runs.getElementsByTagName("title").item(0).getTextContent()).startsWith("a&b.jsonl");
        assertThat(runs.getElementsByTagName("path").getLength()).isGreaterThanOrEqualTo(2 * 7);
        Document bars = parse(place.resolve("bars.svg"));
        assertThat(bars.getElementsByTagName("text").getLength()).isGreaterThan(6);
        assertThat(Files.readString(place.resolve("index.html")))
                .contains("<title>a&amp;b.jsonl", "working-set", "lower bound")
                .doesNotContain("http://127", "<script", "NaN", "%n");
        assertThat(Files.size(place.resolve("runs.svg"))).isLessThan(100_000);
    }

    @Test
    void aPlaceThatIsNoDirectoryIsRefusedBeforeAnythingRuns() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThat(simulate("--plots", file.toString())).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("sluice: --plots: " + file + " (expected: a directory that can be written)");
    }

    @Test
    void wrongNamesAreWrongUsage() {
        assertThat(simulate("--fault", "none,fire")).isEqualTo(2);
        assertThat(simulate("--preset", "huge")).isEqualTo(2);
        assertThat(simulate("--pool-tokens", "1")).isEqualTo(2);
        assertThat(err.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("sluice: fault: fire (expected one of: none,"),
                        line -> assertThat(line).startsWith("sluice: preset: huge (expected one of: "),
                        line -> assertThat(line).startsWith("sluice: poolTokens: 1 (expected: 16.."));
    }

    private static Document parse(Path svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile());
    }

    private int simulate(String... more) {
        List<String> args =
                new ArrayList<>(List.of("simulate", "--trace", trace.toString(), "--laws", "off,working-set"));
        args.addAll(List.of(more));
        if (!args.contains("--preset")) {
            args.addAll(List.of("--preset", "tiny"));
        }
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args.toArray(new String[0]));
    }
}
