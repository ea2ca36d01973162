package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.emulator.EmulatorServer;
import dev.sluice.emulator.Preset;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code audit} against the embedded engine. */
@Timeout(60)
final class AuditCommandTest {

    private static final double QUICK = 1000;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theEmbeddedEnginePasses() throws Exception {
        try (EmulatorServer engine =
                EmulatorServer.start(new EmulatorServer.Options("127.0.0.1", 0, Preset.TINY, QUICK, 1))) {
            assertThat(execute("audit", engine.uri().toString()))
                    .as(out.toString())
                    .isZero();
            assertThat(out.toString())
                    .containsPattern("good +engine +vllm ")
                    .containsPattern("good +prefix cache +on: of a prompt sent twice, [\\d,]+ of [\\d,]+ tokens")
                    .containsPattern("good +cached tokens")
                    .contains("16,384 tokens at most: one agent of that length fills the pool")
                    .containsPattern("better +evictions .*\\s+set: --kv-cache-metrics");
        }
    }

    @Test
    void withoutAPromptTheUsageIsUnknownAndItsFlagNamed() throws Exception {
        try (EmulatorServer engine =
                EmulatorServer.start(new EmulatorServer.Options("127.0.0.1", 0, Preset.TINY, QUICK, 1))) {
            assertThat(execute("audit", "--json", "--no-prompt", engine.uri().toString()))
                    .isZero();
            assertThat(new ObjectMapper().readTree(out.toString()))
                    .anyMatch(finding -> finding.path("topic").asText().equals("cached tokens")
                            && finding.path("verdict").asText().equals("unknown")
                            && finding.path("flag").asText().equals("--enable-prompt-tokens-details"));
        }
    }

    @Test
    void nobodyThereIsAFailureOfOneLine() {
        assertThat(execute("audit", "http://127.0.0.1:1")).isEqualTo(1);
        assertThat(execute("audit", "ftp://127.0.0.1")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        "sluice: http://127.0.0.1:1 does not answer (expected: a running engine)",
                        "sluice: URL: ftp://127.0.0.1 (expected: http://HOST:PORT, https://… or unix:/path)"
                                + " (see: sluice audit --help)");
    }

    private int execute(String... args) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
