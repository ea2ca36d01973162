package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.emulator.Preset;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded traffic in every format, made up here: who shares what with whom, when, and what is left out. */
final class TraceFileTest {

    private static final Preset ENGINE = Preset.DENSE_32B;

    @TempDir
    private Path folder;

    @Test
    void sessionsOfBlockIdsContinueAndNestSubAgents() throws IOException {
        List<AgentScript> scripts = read("""
                {"block":64,"requests":[{"in":130,"out":70,"h":[[1,2]],"think":0},\
                {"type":"subagent","t":1,"requests":[{"in":64,"out":9,"h":[[50,1]],"think":0}]},\
                {"in":260,"out":10,"h":[[1,4]],"think":2.5}]}
                {"block":64,"requests":[{"in":128,"out":5,"h":[[1,1],[90,1]],"think":0}]}
                """);

        assertThat(scripts).extracting(AgentScript::name).containsExactly("session-1", "session-2");
        AgentScript first = scripts.get(0);
        assertThat(first.steps()).hasSize(2);
        assertThat(first.steps().get(0).pauseNanos()).isEqualTo(2_500_000_000L);
        assertThat(first.steps().get(0).children())
                .extracting(AgentScript::name)
                .containsExactly("session-1.1.0");
        // The answer of the first request stands in the prompt of the second: 200 of its 260 tokens.
        assertThat(shared(first.steps().get(0), first.steps().get(1))).isEqualTo(192);
        // The other session begins with the same block and goes on with another.
        assertThat(shared(first.steps().get(0), scripts.get(1).steps().get(0))).isEqualTo(64);
    }

    @Test
    void sessionsOfCharactersShareTheToldPrefix() throws IOException {
        List<AgentScript> scripts = read("""
                {"id":"a","requests":[{"t":0,"in_chars":4000,"out_chars":480,"lcp_chars":0,"lcp_with":-1},\
                {"t":5,"in_chars":8000,"out_chars":400,"lcp_chars":3200,"lcp_with":0}]}
                {"id":"b","requests":[]}
                """);

        assertThat(scripts).hasSize(1);

        AgentScript.StepScript first = scripts.get(0).steps().get(0);
        assertThat(first.promptTokens()).isEqualTo(1_000);
        assertThat(first.outputTokens()).isEqualTo(120);
        assertThat(first.pauseNanos()).isEqualTo(3_000_000_000L);
        assertThat(shared(first, scripts.get(0).steps().get(1))).isEqualTo(800);
    }

    @Test
    void singleRequestsComeWhenTheyCame() throws IOException {
        assertThat(read("{\"timestamp\":1500,\"input_length\":600,\"output_length\":7,\"h\":[[0,2]]}\n"))
                .singleElement()
                .satisfies(script -> assertThat(script.startNanos()).isEqualTo(1_500_000_000L));

        List<AgentScript> azure = read("""
                TIMESTAMP,ContextTokens,GeneratedTokens
                2023-11-16 18:17:03.9799600,4808,10
                2023-11-16 18:17:04.9799600,3180,8
                """);
        assertThat(azure).extracting(AgentScript::startNanos).containsExactly(0L, 1_000_000_000L);
        assertThat(shared(azure.get(0).steps().get(0), azure.get(1).steps().get(0)))
                .isZero();
    }

    @Test
    void whatDoesNotFitTheEngineIsLeftOut() throws IOException {
        List<AgentScript> scripts = read("""
                {"block":64,"requests":[{"in":140000,"out":70,"h":[[1,2187]]},{"in":64,"out":1,"h":[[1,1]]}]}
                """);

        assertThat(scripts.get(0).steps()).hasSize(1);
    }

    @Test
    void aZippedFileIsReadAndTheNumberOfScriptsBounded() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write("{\"timestamp\":0,\"input_length\":60,\"output_length\":7,\"h\":[[0,1]]}\n"
                    .repeat(5)
                    .getBytes(StandardCharsets.UTF_8));
        }
        Path file = folder.resolve("trace.jsonl.gz");
        Files.write(file, zipped.toByteArray());

        assertThat(TraceFile.read(file, ENGINE, 3)).hasSize(3);
    }

    @Test
    void badLinesAreNamed() {
        assertThatThrownBy(() -> read("{\"timestamp\":0,\"input_length\":60}\n{\"a\":1}\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2: fields: a (expected: a record of a known trace format)");
        assertThatThrownBy(() -> read("{\"block\":10,\"requests\":[{\"in\":5,\"out\":1,\"h\":[]}]}\n"))
                .hasMessageContaining("line 1: block: 10 (expected: a multiple of 16)");
        assertThatThrownBy(() -> read("what is this\n")).hasMessageContaining("line 1");
        assertThatThrownBy(() -> TraceFile.read(folder.resolve("none"), ENGINE, 1))
                .hasMessageContaining("none (expected: a file that can be read)");
        assertThatThrownBy(() -> read("")).hasMessageContaining("no record that fits the engine");
    }

    private List<AgentScript> read(String text) throws IOException {
        Path file = folder.resolve("trace");
        Files.writeString(file, text);
        return TraceFile.read(file, ENGINE, 100);
    }

    /** Tokens of the prefix that a cache which has seen the one would find for the prompt of the other. */
    private static int shared(AgentScript.StepScript seen, AgentScript.StepScript next) {
        long[] before = seen.content().hashes(seen.contextTokens() / Preset.BLOCK_TOKENS);
        long[] after = next.content().hashes(next.promptTokens() / Preset.BLOCK_TOKENS);
        int blocks = 0;
        while (blocks < Math.min(before.length, after.length) && before[blocks] == after[blocks]) {
            blocks++;
        }
        return blocks * Preset.BLOCK_TOKENS;
    }
}
