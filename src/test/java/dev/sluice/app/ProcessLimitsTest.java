package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.SluiceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies fit into the memory that there is, in what is shipped too. */
final class ProcessLimitsTest {

    private static final long MIB = 1 << 20;

    @Test
    void bodiesTakeTwiceWhatTheyAre() {
        SluiceConfig config = ConfigReader.read("{queue: {maxBytes: 512MiB}, limits: {collectingBytes: 256MiB}}")
                .config();
        assertThat(ProcessLimits.holdsBodies(config, 1536 * MIB)).isTrue();
        assertThat(ProcessLimits.holdsBodies(config, 1536 * MIB - 1)).isFalse();
    }

    @Test
    void whereThereIsLittleMemoryLessIsHeldButTheLargestBody() {
        SluiceConfig config = SluiceConfig.DEFAULT;
        assertThat(ProcessLimits.fitted(config, 2048 * MIB, 1536 * MIB)).isEqualTo(config);
        assertThat(ProcessLimits.fitted(config, 2048 * MIB, -1)).isEqualTo(config);

        SluiceConfig half = ProcessLimits.fitted(config, 768 * MIB, 768 * MIB);
        assertThat(half.queue().maxBytes()).isEqualTo(256 * MIB);
        assertThat(half.limits().collectingBytes()).isEqualTo(128 * MIB);
        assertThat(ProcessLimits.holdsBodies(half, 768 * MIB)).isTrue();

        SluiceConfig least = ProcessLimits.fitted(config, 64 * MIB, 64 * MIB);
        assertThat(least.queue().maxBytes()).isEqualTo(config.limits().bodyBytes());
        assertThat(least.limits().collectingBytes()).isEqualTo(config.limits().bodyBytes());
        assertThat(least.agents().max()).isEqualTo(8192);
        assertThat(ProcessLimits.holdsBodies(least, 64 * MIB)).isFalse();
    }

    @Test
    void thePodHasMemoryForItsBodies() throws IOException {
        String pod = Files.readString(Path.of("docker/kubernetes/base/deployment.yaml"));
        assertThat(found("cpu: \"1\", memory: (\\d+)Gi", pod)).isEqualTo(2);
        assertFits(ConfigReader.read(Path.of("docker/kubernetes/base/sluice.yaml")), 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sglang", "tensorrt-llm", "vllm"})
    void theContainerHasMemoryForItsBodies(String engine) throws IOException {
        JsonNode sluice = new YAMLMapper()
                .readTree(Files.readString(Path.of("docker/compose/" + engine + ".yaml")))
                .at("/services/sluice");
        Map<String, String> environment = new HashMap<>();
        sluice.path("environment")
                .properties()
                .forEach(each -> environment.put(each.getKey(), each.getValue().asText()));
        assertFits(
                ConfigReader.read("", ConfigReader.settingsOf(environment)),
                found("(\\d+)g", sluice.path("mem_limit").asText()));
    }

    private static void assertFits(ConfigReader.Result config, long gib) throws IOException {
        assertThat(config.problems()).isEmpty();
        int percentage = found("MaxRAMPercentage=(\\d+)", Files.readString(Path.of("docker/Dockerfile")));
        // Without a bound of its own, direct memory may be as large as the heap.
        assertThat(ProcessLimits.holdsBodies(config.config(), gib * 1024 * MIB * percentage / 100))
                .isTrue();
    }

    private static int found(String regex, String text) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        assertThat(matcher.find()).as(regex).isTrue();
        return Integer.parseInt(matcher.group(1));
    }
}
