package dev.sluice.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.admission.Arrival;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Finish;
import dev.sluice.admission.Usage;
import dev.sluice.config.DecisionsConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.BudgetChange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read back, within its bounds, and what cannot be written harms nobody. */
final class DecisionFileTest {

    private static final long MILLI = 1_000_000;

    @TempDir
    private Path folder;

    @Test
    void everyKindOfDecisionIsReadBackAsItWas() throws IOException {
        Arrival arrival = new Arrival("a-1", "header:x", "t", "a-0", true, true, 12_345, 77, true, true);
        List<Decision> told = List.of(
                Decision.Configured.of(SluiceConfig.DEFAULT, 0),
                new Decision.ModeSwitched(MILLI, "shadow"),
                new Decision.BudgetChanged(2 * MILLI, new BudgetChange("pool_told", 0, 16_384, "tokens")),
                new Decision.Arrived(3 * MILLI, 7, arrival, "extended"),
                new Decision.Held(4 * MILLI, 7, "a-1", "no_room"),
                new Decision.Paused(5 * MILLI, "a-2", "low_hold_value", 900),
                new Decision.Resumed(6 * MILLI, "a-2"),
                new Decision.Forwarded(7 * MILLI, 7, "a-1", 4_000_000, true),
                new Decision.FirstToken(8 * MILLI, 7, "a-1"),
                new Decision.Ended(9 * MILLI, 7, "a-1", Ending.COMPLETED, new Usage(100, 96, 5, Finish.TOOL_CALL)),
                new Decision.Ended(10 * MILLI, 8, "a-1", Ending.CLIENT_GONE, Usage.NONE),
                new Decision.Refused(11 * MILLI, 9, "a-3", Ending.QUEUE_FULL, 2_000_000_000L));
        Path file = folder.resolve("decisions.jsonl");
        write(new DecisionsConfig(file.toString(), 1 << 20, 2), told);

        List<Decision> read = read(file);

        assertThat(read).hasSameSizeAs(told);
        long zero = read.get(0).atNanos();
        for (int i = 0; i < told.size(); i++) {
            assertThat(read.get(i).atNanos() - zero).isEqualTo(told.get(i).atNanos());
            assertThat(read.get(i))
                    .usingRecursiveComparison()
                    .ignoringFields("atNanos")
                    .isEqualTo(told.get(i));
        }
    }

    @Test
    void anOldFileMakesPlaceAndEveryFileTellsTheSettingsAndThePool() throws IOException {
        List<Decision> told = new ArrayList<>();
        told.add(Decision.Configured.of(SluiceConfig.DEFAULT, 0));
        told.add(new Decision.BudgetChanged(0, new BudgetChange("pool_told", 0, 16_384, "tokens")));
        for (int i = 0; i < 5_000; i++) {
            told.add(new Decision.Resumed(i * MILLI, "a-" + i));
        }
        Path file = folder.resolve("decisions.jsonl");
        write(new DecisionsConfig(file.toString(), 64 << 10, 3), told);

        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("decisions.jsonl", "decisions.jsonl.1", "decisions.jsonl.2");
        for (String name : List.of("decisions.jsonl", "decisions.jsonl.1", "decisions.jsonl.2")) {
            List<String> lines = Files.readAllLines(folder.resolve(name));
            assertThat(lines.get(0)).contains("\"configured\"");
            assertThat(lines.get(1)).contains("\"pool_told\"");
            assertThat(Files.size(folder.resolve(name))).isLessThan(70 << 10);
        }
        List<Decision> read = read(file);
        assertThat(read).filteredOn(Decision.Resumed.class::isInstance).hasSizeGreaterThan(1_000);
        assertThat(read).isSortedAccordingTo((a, b) -> Long.compare(a.atNanos(), b.atNanos()));
        assertThat(((Decision.Resumed) read.get(read.size() - 1)).agentId()).isEqualTo("a-4999");
    }

    @Test
    void aPackedFileIsRead() throws IOException {
        Path file = folder.resolve("decisions.jsonl.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("{\"at\":\"2026-01-01T00:00:00Z\",\"event\":\"resumed\",\"agent\":\"a\"}\n"
                    .getBytes(StandardCharsets.UTF_8));
        }

        assertThat(read(file)).singleElement().isInstanceOf(Decision.Resumed.class);
    }

    @Test
    void aFileThatCannotBeWrittenIsAnErrorThatNamesTheSetting() {
        DecisionsConfig config = new DecisionsConfig(folder.resolve("no/such").toString(), 1 << 20, 2);

        assertThatThrownBy(() -> DecisionFile.open(config, () -> 0))
                .hasMessageContaining("decisions.file")
                .hasMessageContaining("no/such");
    }

    @Test
    void whatIsNoDecisionIsNamedWithItsLine() throws IOException {
        Path file = Files.writeString(
                folder.resolve("x.jsonl"),
                "{\"at\":\"2026-01-01T00:00:00Z\",\"event\":\"of_a_later_version\"}\n{\"at\":1}\n");

        assertThatThrownBy(() -> read(file)).isInstanceOf(IOException.class).hasMessageContaining("line 2");
    }

    @Test
    void decisionsBeyondTheBoundAreDroppedAndCounted() throws IOException {
        Path file = folder.resolve("decisions.jsonl");
        DecisionFile log = DecisionFile.open(new DecisionsConfig(file.toString(), 1 << 30, 2), () -> 0);
        int told = 300_000;
        for (int i = 0; i < told; i++) {
            log.offer(new Decision.Resumed(i, "a"));
        }
        // Each call waits within a bound for what was handed over; a busy machine may need several.
        for (int times = 0; times < 30 && log.dropped() + log.written() < told; times++) {
            log.close();
        }

        assertThat(log.dropped() + log.written()).isEqualTo(told);
        assertThat(read(file)).hasSize((int) log.written());
    }

    private static void write(DecisionsConfig config, List<Decision> told) throws IOException {
        try (DecisionFile log = DecisionFile.open(config, () -> 0)) {
            told.forEach(log::offer);
        }
    }

    private static List<Decision> read(Path file) throws IOException {
        List<Decision> read = new ArrayList<>();
        DecisionReader.read(file, read::add);
        return read;
    }
}
