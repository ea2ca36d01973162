package dev.sluice.engine;

import static dev.sluice.control.EngineSample.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.control.EngineSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of real engines, published by others, where they lie beside the checkout. */
final class VllmCapturesTest {

    private static final Path CAPTURES = Path.of("..", "shared", "captures");
    private static final String INFO = "cache_config_info";
    private static final double NONE = Double.NaN;

    @BeforeEach
    void capturesAreThere() {
        assumeTrue(Files.isDirectory(CAPTURES), "no captures beside the checkout at " + CAPTURES);
    }

    static Stream<Arguments> readsVllm() {
        EngineSample offload = sample(1_188_352, 0, NONE, 0, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);
        return Stream.of(
                Arguments.of("vllm-0.4.3-v0-datadog.prom", 0, sample(116_496, 0, 0, 0, UNKNOWN, UNKNOWN, 5, 7, 0)),
                Arguments.of(
                        "vllm-0.7-v0-aibrix-runtime.partial.prom",
                        0,
                        sample(1_308_272, 0, 0, 0, UNKNOWN, UNKNOWN, 148, 955, 0)),
                Arguments.of(
                        "vllm-0.7-v1-design-doc-8-running.elided.prom",
                        3,
                        sample(UNKNOWN, NONE, 8, NONE, UNKNOWN, UNKNOWN, UNKNOWN, 27_453, UNKNOWN)),
                Arguments.of(
                        "vllm-0.10.0-v1-glm45-idle.excerpt.prom",
                        0,
                        sample(UNKNOWN, 9.75010481363281e-6, NONE, NONE, 32, 0, UNKNOWN, UNKNOWN, UNKNOWN)),
                Arguments.of("vllm-0.26.0-v1-no-offload.filtered.prom", 0, offload),
                Arguments.of("vllm-0.26.0-v1-kv-offloading-size-flag.filtered.prom", 0, offload),
                Arguments.of("vllm-0.26.0-v1-offloading-connector.filtered.prom", 0, offload),
                Arguments.of(
                        "vllm-0.28.0-v1-agent-lanes-rtx3090.excerpt.prom",
                        0,
                        sample(UNKNOWN, 0, 0, 0, 64_929_219, 44_041_600, UNKNOWN, UNKNOWN, 0)));
    }

    @ParameterizedTest
    @MethodSource
    void readsVllm(String file, int unreadableLines, EngineSample expected) throws IOException {
        byte[] page = Files.readAllBytes(CAPTURES.resolve(file));

        assertThat(Pages.sample(page)).isEqualTo(expected);
        assertThat(PageReading.of(page, 1).unreadableLines()).isEqualTo(unreadableLines);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ik_llama.cpp-2025-08-server.prom",
                "sglang-0.4.3-2025-03-production_metrics-under-load.prom",
                "sglang-0.5.16-hicache.filtered.prom",
                "tgi-2024-datadog.truncated.prom",
                "triton-25.x-tensorrtllm_backend-ifb-disagg.partial.prom",
                "trtllm-serve-1.3.0rc23-kvmanager-v2.filtered.prom",
            })
    void otherEnginesHaveNoDialectYet(String file) throws IOException {
        assertThat(Pages.silence(Files.readAllBytes(CAPTURES.resolve(file)))).isEqualTo("no_dialect");
    }

    private static EngineSample sample(
            long pool,
            double usage,
            double running,
            double waiting,
            long queries,
            long hits,
            long prompt,
            long generation,
            long preemptions) {
        return new EngineSample(
                1,
                pool,
                pool == UNKNOWN ? "" : INFO,
                usage,
                running,
                waiting,
                queries,
                hits,
                prompt,
                generation,
                preemptions,
                1);
    }
}
