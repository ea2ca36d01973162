package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the settings of two readings tell of each other, of the environment, and to other programs. */
final class ReloadTest {

    private static final ConfigReader.Result START = ConfigReader.read("queue: {doorWait: 3m}");

    @Test
    void whatDiffersIsNamedAsItIsWritten() {
        ConfigReader.Result now = ConfigReader.read(
                "{mode: shadow, queue: {doorWait: 120s}, limits: {bodyBytes: 1MiB}, tenants: {weights: {a: 2}}}");
        assertThat(Reload.of(START, START, now).applied())
                .extracting(Reload.Change::toString)
                .containsExactly(
                        "mode: enforce -> shadow",
                        "queue.doorWait: 3m -> 2m",
                        "tenants.weights: {} -> {a: 2.0}",
                        "limits.bodyBytes: 32MiB -> 1MiB");
        assertThat(Reload.of(START, now, now).applied()).isEmpty();
    }

    @Test
    void whatIsMadeOnceNeedsARestartUntilItHadOne() {
        ConfigReader.Result now = ConfigReader.read(
                "{listen: '127.0.0.1:1', upstream: {url: 'http://b:2', silence: 1s}, queue: {doorWait: 3m}}");
        assertThat(now.problems()).isEmpty();
        for (ConfigReader.Result inForce : new ConfigReader.Result[] {START, now}) {
            assertThat(Reload.of(START, inForce, now).needsRestart())
                    .extracting(Reload.Change::key)
                    .containsExactly("listen", "upstream.url");
        }
        assertThat(Reload.of(START, START, now).applied())
                .extracting(Reload.Change::key)
                .containsExactly("upstream.silence");
    }

    @Test
    void whetherCertificatesTellTenantsNeedsARestartLikeTls() {
        String tls = "{tls: {certificateFile: a, keyFile: b, authoritiesFile: c}, tenants: {fromCertificate: %s}}";
        ConfigReader.Result asked = ConfigReader.read(tls.formatted(true));
        ConfigReader.Result now = ConfigReader.read(tls.formatted(false));
        assertThat(Reload.of(asked, asked, now).applied()).isEmpty();
        assertThat(Reload.of(asked, asked, now).needsRestart())
                .extracting(Reload.Change::key)
                .containsExactly("tenants.fromCertificate");
    }

    @Test
    void oneProblemAndNothingIsTaken() {
        Reload reload = Reload.of(START, START, ConfigReader.read("{mode: off, queue: {maxSteps: 0}}"));
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
