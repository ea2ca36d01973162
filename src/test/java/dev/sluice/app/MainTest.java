package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class MainTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aGoodConfigurationIsOk() throws IOException {
        Path file = Files.writeString(folder.resolve("good.yaml"), ConfigReader.defaultYaml());

        assertThat(execute("check", file.toString())).isZero();
        assertThat(out).hasToString(file + ": ok" + System.lineSeparator());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void allProblemsOfAConfigurationAreOneLineEach() throws IOException {
        Path file = Files.writeString(folder.resolve("bad.yaml"), "queue: {maxSteps: 0}\nmod: off\n");

        assertThat(execute("check", file.toString())).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines())
                .containsExactly(
                        file + ": queue.maxSteps: 0 (expected: 1..1000000)",
                        file + ": mod: unknown key (expected: mode)");
    }

    @Test
    void aMissingFileIsAProblem() {
        assertThat(execute("check", "none.yaml")).isEqualTo(2);
        assertThat(err.toString()).startsWith("none.yaml: no such file (expected: a YAML file)");
    }

    @Test
    void theDefaultsArePrintedAsTheyStandInTheFile() throws IOException {
        assertThat(execute("config", "--defaults")).isZero();
        assertThat(out).hasToString(Files.readString(Path.of("config/sluice.yaml")));
    }

    @Test
    void wrongUsageIsOneLineThatSaysWhereToLook() {
        assertThat(execute("chek")).isEqualTo(2);
        assertThat(execute("check")).isEqualTo(2);
        assertThat(execute("config")).isEqualTo(2);
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(4).allMatch(line -> line.startsWith("sluice: "));
        assertThat(err.toString()).contains("FILE", "(see: sluice check --help)", "--defaults", "a command is missing");
    }

    @Test
    void aPlainStartIsReadAsPicocliReadsIt() {
        String[] plain = {
            "run", "--upstream", "http://a:1", "--listen", "b:2", "--admin", "c:3", "--mode", "off", "--law", "concur"
        };
        RunCommand read = new RunCommand();
        new CommandLine(read).parseArgs(Arrays.copyOfRange(plain, 1, plain.length));
        assertThat(read.settings()).hasSize(5);
        assertThat(Objects.requireNonNull(RunCommand.ofPlain(plain)).settings()).isEqualTo(read.settings());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "check f",
                "run x",
                "run --help",
                "run --mode",
                "run --mode --law off",
                "run --mod off",
                "run --mode off --mode off",
                "run --config @a"
            })
    void anythingElseIsLeftToPicocli(String line) {
        assertThat(RunCommand.ofPlain(line.isEmpty() ? new String[0] : line.split(" ")))
                .isNull();
    }

    @Test
    void everyCommandIsInTheReadme() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        assertThat(Main.commandLine().getSubcommands().keySet())
                .hasSizeGreaterThan(8)
                .allSatisfy(name -> assertThat(readme).containsPattern("(?m)^\\|.*`" + name + "[ `]"));
    }

    @Test
    void helpAndVersionSucceed() {
        assertThat(execute("--version")).isZero();
        assertThat(out.toString()).startsWith("sluice ");
        assertThat(execute("--help")).isZero();
        assertThat(execute("check", "--help")).isZero();
        assertThat(out.toString()).contains("check", "config", "FILE");
        assertThat(err.toString()).isEmpty();
    }

    private int execute(String... args) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
