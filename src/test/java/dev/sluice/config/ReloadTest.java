package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the settings of two readings tell of each other, of the environment, and to other programs. */
final class ReloadTest {

    private static final ConfigReader.Result START = ConfigReader.read("queue: {doorWait: 3m}");

    @Test
    void whatDiffersIsNamedAsItIsWritten() {
        ConfigReader.Result now = ConfigReader.read(
                "{mode: shadow, queue: {doorWait: 120s}, limits: {bodyBytes: 1MiB}, tenants: {weights: {a: 2}}}");
        assertThat(Reload.of(START.config(), START.config(), now).applied())
                .extracting(Reload.Change::toString)
                .containsExactly(
                        "mode: enforce -> shadow",
                        "queue.doorWait: 3m -> 2m",
                        "tenants.weights: {} -> {a: 2.0}",
                        "limits.bodyBytes: 32MiB -> 1MiB");
        assertThat(Reload.of(START.config(), now.config(), now).applied()).isEmpty();
    }

    @Test
    void whatIsMadeOnceNeedsARestartUntilItHadOne() {
        ConfigReader.Result now = ConfigReader.read(
                "{listen: '127.0.0.1:1', upstream: {url: 'http://b:2', silence: 1s}, queue: {doorWait: 3m}}");
        assertThat(now.problems()).isEmpty();
        SluiceConfig taken = now.config().withFixedOf(START.config());
        for (SluiceConfig inForce : List.of(START.config(), taken)) {
            assertThat(Reload.of(START.config(), inForce, now).needsRestart())
                    .extracting(Reload.Change::key)
                    .containsExactly("listen", "upstream.url");
        }
        assertThat(Reload.of(START.config(), START.config(), now).applied())
                .extracting(Reload.Change::key)
                .containsExactly("upstream.silence");
    }

    /** Of a file with every key, none at its default. */
    @Test
    void ofEveryKeyTheDocumentationTellsWhetherItNeedsARestart() throws IOException {
        ConfigReader.Result now = ConfigReader.read(Path.of("src/test/resources/dev/sluice/config/every-key.yaml"));
        SluiceConfig start = SluiceConfig.DEFAULT;
        Map<String, Object> inForce = ConfigKeys.of(now.config().withFixedOf(start));

        String page = Files.readString(Path.of("docs/configuration.md"));
        int from = page.indexOf("A restart is needed for");
        List<String> told = Pattern.compile("`([^`]+)`")
                .matcher(page.substring(from, page.indexOf(';', from)))
                .results()
                .map(match -> match.group(1))
                .toList();
        Map<String, Object> expected = ConfigKeys.of(now.config());
        ConfigKeys.of(start).forEach((key, value) -> {
            if (told.stream().anyMatch(name -> key.equals(name) || key.startsWith(name + "."))) {
                expected.put(key, value);
            }
        });
        assertThat(inForce).isEqualTo(expected);

        Reload reload = Reload.of(start, start, now);
        Map<String, Object> before = ConfigKeys.of(start);
        assertThat(reload.needsRestart())
                .extracting(Reload.Change::key)
                .containsExactlyElementsOf(inForce.keySet().stream()
                        .filter(key -> inForce.get(key).equals(before.get(key)))
                        .toList());
        assertThat(reload.applied().size() + reload.needsRestart().size()).isEqualTo(inForce.size());
    }

    @Test
    void whetherCertificatesTellTenantsNeedsARestartLikeTls() {
        String tls = "{tls: {certificateFile: a, keyFile: b, authoritiesFile: c}, tenants: {fromCertificate: %s}}";
        ConfigReader.Result asked = ConfigReader.read(tls.formatted(true));
        ConfigReader.Result now = ConfigReader.read(tls.formatted(false));
        assertThat(Reload.of(asked.config(), asked.config(), now).applied()).isEmpty();
        assertThat(Reload.of(asked.config(), asked.config(), now).needsRestart())
                .extracting(Reload.Change::key)
                .containsExactly("tenants.fromCertificate");
    }

    @Test
    void oneProblemAndNothingIsTaken() {
        Reload reload =
                Reload.of(START.config(), START.config(), ConfigReader.read("{mode: off, queue: {maxSteps: 0}}"));
        assertThat(reload.isValid()).isFalse();
        assertThat(reload.applied()).isEmpty();
        assertThat(reload.problems()).extracting(Problem::key).containsExactly("queue.maxSteps");
    }

    @Test
    void theEnvironmentGivesSettingsByTheirKeys() {
        Map<String, Object> given = ConfigReader.settingsOf(Map.of(
                "SLUICE__queue__doorWait", "90s",
                "SLUICE__pool__tokens", "5000",
                "SLUICE__mode", "off",
                "SLUICE__nonsense", "1",
                "SLUICE_SERVICE_HOST", "10.0.0.1",
                "SLUICE_PORT", "tcp://10.0.0.1:8080"));
        ConfigReader.Result read = ConfigReader.read("mode: shadow", given);
        assertThat(read.problems()).extracting(Problem::key).containsExactly("nonsense");
        assertThat(read.config().queue().doorWait()).hasSeconds(90);
        assertThat(read.config().pool().tokens()).isEqualTo(5000);
        assertThat(read.config().mode()).isEqualTo(Mode.OFF);
    }

    @Test
    void everyKeyIsASettingAndInTheSchema() throws Exception {
        assertThat(ConfigReader.read("").settings())
                .extracting(Setting::key)
                .containsExactlyElementsOf(ConfigKeys.of(SluiceConfig.DEFAULT).keySet());
        JsonNode schema = new ObjectMapper().readTree(ConfigSchema.json());
        for (String key : ConfigKeys.of(SluiceConfig.DEFAULT).keySet()) {
            JsonNode leaf = schema;
            for (String name : key.split("\\.")) {
                assertThat(leaf.path("additionalProperties").booleanValue()).isFalse();
                leaf = leaf.path("properties").path(name);
            }
            assertThat(leaf.path("description").asText()).as(key).contains("; default ");
            assertThat(leaf.has("type") || leaf.has("enum")).as(key).isTrue();
        }
        assertThat(schema.at("/properties/queue/properties/maxSteps/maximum").intValue())
                .isEqualTo(1_000_000);
        assertThat("250ms")
                .matches(schema.at("/properties/signals/properties/interval/pattern")
                        .asText());
    }
}
