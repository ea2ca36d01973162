package dev.sluice.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.config.SluiceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alert rules and dashboard speak of metrics that there are, and each alert has its runbook. */
final class MonitoringFilesTest {

    private static final Path RULES = Path.of("config/prometheus/sluice.rules.yaml");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "config/prometheus/sluice.rules.yaml",
                "config/prometheus/sluice.rules.test.yaml",
                "config/grafana/sluice.json"
            })
    void everyMetricIsOneOfOurs(String file) throws IOException {
        String page = new Telemetry(SluiceConfig.DEFAULT, "test").scrape();
        Set<String> families = found("^# TYPE (\\S+)", page);
        assertThat(found("\\b(sluice_[a-z_]+)", Files.readString(Path.of(file))))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(families).contains(name.replaceAll("_bucket$", "")));
    }

    @Test
    void everyAlertHasItsRunbookAndEveryRunbookItsAlert() throws IOException {
        Set<String> alerts = found("alert: (\\S+)", Files.readString(RULES));
        assertThat(alerts).isNotEmpty();
        assertThat(found("^### (\\S+)", Files.readString(Path.of("docs/runbooks.md"))))
                .isEqualTo(alerts);
        assertThat(found("runbook_url: docs/runbooks\\.md#(\\S+)", Files.readString(RULES)))
                .hasSameSizeAs(alerts)
                .allSatisfy(anchor -> assertThat(alerts).anyMatch(anchor::equalsIgnoreCase));
        assertThat(found("alertname: (\\w+)", Files.readString(Path.of("config/prometheus/sluice.rules.test.yaml"))))
                .isEqualTo(alerts);
    }

    @Test
    void theDashboardIsJsonWithPanels() throws IOException {
        assertThat(new ObjectMapper()
                        .readTree(Files.readString(Path.of("config/grafana/sluice.json")))
                        .path("panels"))
                .hasSizeGreaterThan(8);
    }

    private static Set<String> found(String regex, String text) {
        Set<String> found = new TreeSet<>();
        Pattern.compile(regex, Pattern.MULTILINE).matcher(text).results().forEach(match -> found.add(match.group(1)));
        return found;
    }
}
