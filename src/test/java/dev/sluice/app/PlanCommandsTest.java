package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code capacity} and {@code cost} by the command line. */
final class PlanCommandsTest {

    private static final String CONFIG = """
            {"architectures": ["Qwen3ForCausalLM"], "hidden_size": 5120, "intermediate_size": 25600,
             "num_hidden_layers": 64, "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 128,
             "vocab_size": 151936, "max_position_embeddings": 40960, "torch_dtype": "bfloat16"}""";

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void capacityIsATableForPeople() throws IOException {
        assertThat(execute("capacity", file(CONFIG), "--gpus", "2", "--agent-tokens", "20000"))
                .isZero();
        assertThat(out.toString())
                .contains("Qwen3ForCausalLM, 64 full attention layers")
                .contains("262,144 bytes")
                .contains("40,960 tokens, the model's");
    }

    @Test
    void capacityIsJsonForPrograms() throws IOException {
        assertThat(execute("capacity", file(CONFIG), "--json", "--kv-dtype", "fp8", "--weights-gib", "32"))
                .isZero();
        JsonNode answer = new ObjectMapper().readTree(out.toString());
        assertThat(answer.path("bytesPerToken").asDouble()).isEqualTo(131_072);
        assertThat(answer.path("agents").asInt()).isEqualTo(9);
        assertThat(answer.path("budgetRatio").asDouble()).isEqualTo(0.855);
    }

    @Test
    void whatIsWrongIsOneLineThatNamesIt() throws IOException {
        assertThat(execute("capacity", file("{}"))).isEqualTo(2);
        assertThat(execute("capacity", file("no json"))).isEqualTo(2);
        assertThat(execute("capacity", file(CONFIG), "--kv-dtype", "fp7")).isEqualTo(2);
        assertThat(execute("capacity", file(CONFIG), "--gpus", "0")).isEqualTo(2);
        assertThat(execute("capacity", "none.json")).isEqualTo(1);
        assertThat(execute("cost", "--prompt-tokens", "1", "--cached-tokens", "2", "--answer-tokens", "0"))
                .isEqualTo(2);
        assertThat(err.toString().lines())
                .hasSize(6)
                .allMatch(line -> line.startsWith("sluice: ") && line.contains("expected"));
    }

    @Test
    void costComparesTwoHitRates() throws IOException {
        int status = execute(
                "cost",
                "--json",
                "--prompt-tokens",
                "10e6",
                "--cached-tokens",
                "8e6",
                "--answer-tokens",
                "1e6",
                "--before",
                "0.3",
                "--price-prompt",
                "3",
                "--price-answer",
                "15",
                "--gpu-hour",
                "3",
                "--prompt-per-second",
                "10000",
                "--answer-per-second",
                "1000");
        assertThat(status).isZero();
        JsonNode answer = new ObjectMapper().readTree(out.toString());
        assertThat(answer.path("savedPromptTokens").asDouble()).isEqualTo(5e6);
        assertThat(answer.path("gpuSecondsSaved").asDouble()).isBetween(499.9, 500.1);
        assertThat(answer.path("bought").asDouble()).isBetween(24.89, 24.91);
        assertThat(answer.path("reserved").asDouble()).isEqualTo(36);
    }

    @Test
    void costReadsWhatARunningSluiceKnows() throws IOException {
        try (RunningSluice sluice = new RunningSluice(1000, Map.of())) {
            sluice.await(
                    "the page is read", state -> state.at("/engine/figures").has("prefixQueryTokens"));
            assertThat(execute("cost", "--from", sluice.admin())).isZero();
            assertThat(out.toString()).containsPattern("hit ratio +0\\.00");
        }
        assertThat(execute("cost", "--from", "http://127.0.0.1:1")).isEqualTo(1);
        assertThat(execute("cost", "--from", "nowhere")).isEqualTo(2);
        assertThat(execute("cost")).isEqualTo(2);
    }

    private String file(String config) throws IOException {
        return Files.writeString(folder.resolve("config.json"), config).toString();
    }

    private int execute(String... args) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
