package dev.sluice.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PrometheusTextTest {

    @ParameterizedTest
    @CsvSource({
        "x 1, 1",
        "x{} 1.5, 1.5",
        "x 4.40416e+07, 44041600",
        "x 9.75e-06, 0.00000975",
        "x -1E3, -1000",
        "x +7, 7",
        "x .5, 0.5",
        "x 5., 5",
        "x NaN, NaN",
        "x +Inf, Infinity",
        "x -inf, -Infinity",
        "x Inf, Infinity",
        "x 1 1795000000000, 1",
        "x 1 # {a=\"b\"} 0.5, 1",
        "x 1 2 # {a=\"b\"} 0.5 3, 1",
        "x\t1\r, 1",
    })
    void readsValues(String line, double value) {
        assertThat(only(line).value).isEqualTo(Double.valueOf(value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "...",
                "x",
                "x ",
                "x{} ",
                "1x 1",
                "-x 1",
                "x1.5",
                "x{}1d",
                "x 0x1p3",
                "x 1e",
                "x 1e+",
                "x .",
                "x -",
                "x 1_000",
                "x one",
                "x 1 later",
                "x 1 2 3",
                "x{ 1",
                "x{a} 1",
                "x{a=} 1",
                "x{a=b} 1",
                "x{a=\"b} 1",
                "x{a=\"b\\\"} 1",
                "x{a=\"b\" 1",
                "x{=\"b\"} 1",
                "x{a=\"b\",,c=\"d\"} 1",
                "<html><body>x 1</body></html>",
                "{\"x\": 1}",
            })
    void countsLinesThatItCannotRead(String line) {
        List<Found> found = new ArrayList<>();

        PrometheusText.Lines lines = read("before 1\n" + line + "\nafter 2\n", found);

        assertThat(lines).isEqualTo(new PrometheusText.Lines(2, 1));
        assertThat(found).extracting(Found::value).containsExactly(1.0, 2.0);
    }

    @Test
    void readsLabelsAndTheirEscapes() {
        String line = "x { a = \"1\" , le=\"+Inf\",quote=\"\\\"{},\\\\\\n\" , empty=\"\",} 3";

        assertThat(label(line, "a")).containsExactly("1");
        assertThat(label(line, "le")).containsExactly("+Inf");
        assertThat(label(line, "quote")).containsExactly("\"{},\\\n");
        assertThat(label(line, "empty")).containsExactly("");
        assertThat(label(line, "b")).isEmpty();
        assertThat(label(line, "quot")).isEmpty();
        assertThat(label("x 1", "a")).isEmpty();
    }

    @Test
    void matchesNamesExactly() {
        PrometheusText.read("vllm:num_requests_waiting_by_reason 1\n".getBytes(UTF_8), series -> {
            assertThat(series.isNamed("vllm:num_requests_waiting_by_reason")).isTrue();
            assertThat(series.isNamed("vllm:num_requests_waiting")).isFalse();
            assertThat(series.isNamed("vllm:num_requests_waiting_by_reason_")).isFalse();
            assertThat(series.nameStartsWith("vllm:")).isTrue();
            assertThat(series.nameStartsWith("vllm:num_requests_waiting_by_reason_"))
                    .isFalse();
        });
    }

    @Test
    void passesOverCommentsAndBlankLines() {
        assertThat(read("# HELP x {\n#\n\n \t\n\r\n  # TYPE x y z\nx 1\n\n\n", new ArrayList<>()))
                .isEqualTo(new PrometheusText.Lines(1, 0));
        assertThat(read("", new ArrayList<>())).isEqualTo(new PrometheusText.Lines(0, 0));
    }

    @Test
    void aLastLineWithoutItsEndMayHaveBeenCut() {
        List<Found> found = new ArrayList<>();

        assertThat(read("x 1\nx 12", found)).isEqualTo(new PrometheusText.Lines(1, 1));
        assertThat(found).extracting(Found::value).containsExactly(1.0);
    }

    @Test
    void aLineTooLongIsPassedOver() {
        String longest = "x{a=\"" + "y".repeat(PrometheusText.MAX_LINE_BYTES - 10) + "\"} 1";
        assertThat(longest).hasSizeLessThanOrEqualTo(PrometheusText.MAX_LINE_BYTES);

        assertThat(read(longest + "\nx 1\n", new ArrayList<>())).isEqualTo(new PrometheusText.Lines(2, 0));
        assertThat(read(longest + "    \nx 1\n", new ArrayList<>())).isEqualTo(new PrometheusText.Lines(1, 1));
        assertThat(read("x".repeat(8 << 20), new ArrayList<>())).isEqualTo(new PrometheusText.Lines(0, 1));
    }

    private record Found(double value) {}

    private static Found only(String line) {
        List<Found> found = new ArrayList<>();
        assertThat(read(line + "\n", found)).isEqualTo(new PrometheusText.Lines(1, 0));
        return found.get(0);
    }

    private static List<String> label(String line, String name) {
        List<String> found = new ArrayList<>();
        PrometheusText.read(
                (line + "\n").getBytes(UTF_8), series -> series.label(name).ifPresent(found::add));
        return found;
    }

    private static PrometheusText.Lines read(String page, List<Found> found) {
        return PrometheusText.read(page.getBytes(UTF_8), series -> found.add(new Found(series.value())));
    }
}
