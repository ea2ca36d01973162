package dev.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.control.EngineSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pages of real engines, published by others, where they lie beside the checkout. */
final class CapturesTest {

    private static final Path CAPTURES = Path.of("..", "shared", "captures");
    private static final double NONE = Double.NaN;

    /** Of vLLM's families, those that a page of 0.26 has only with a flag, or after something went wrong. */
    private static final Set<Figure> NOT_ALWAYS =
            Set.of(Figure.SAMPLED_EVICTIONS, Figure.IDLE_BEFORE_EVICT_SECONDS, Figure.HOST_USAGE, Figure.REFUSALS);

    @BeforeEach
    void capturesAreThere() {
        assumeTrue(Files.isDirectory(CAPTURES), "no captures beside the checkout at " + CAPTURES);
    }

    /** What a page tells, in the order of {@link EngineSample}; -1 and NaN for what it does not. */
    private record Told(
            long pool,
            String source,
            double usage,
            double running,
            double waiting,
            long queries,
            long hits,
            long prompt,
            long generation,
            long preemptions,
            long progress) {

        EngineSample sample() {
            return new EngineSample(
                    1,
                    pool,
                    source,
                    usage,
                    running,
                    waiting,
                    queries,
                    hits,
                    prompt,
                    generation,
                    preemptions,
                    progress,
                    false,
                    1);
        }
    }

    static Stream<Arguments> readsEveryPage() {
        return Stream.concat(vllm(), Stream.concat(sglang(), others()));
    }

    private static Stream<Arguments> vllm() {
        String info = "cache_config_info";
        Told idle = new Told(1_188_352, info, 0, NONE, 0, -1, -1, -1, -1, -1, -1);
        return Stream.of(
                page("vllm-0.4.3-v0-datadog.prom", "vllm", 0, new Told(116_496, info, 0, 0, 0, -1, -1, 5, 7, 0, 7)),
                page(
                        "vllm-0.7-v0-aibrix-runtime.partial.prom",
                        "vllm",
                        0,
                        new Told(1_308_272, info, 0, 0, 0, -1, -1, 148, 955, 0, 955)),
                page(
                        "vllm-0.7-v1-design-doc-8-running.elided.prom",
                        "vllm",
                        3,
                        new Told(-1, "", NONE, 8, NONE, -1, -1, -1, 27_453, -1, 27_453)),
                page(
                        "vllm-0.10.0-v1-glm45-idle.excerpt.prom",
                        "vllm",
                        0,
                        new Told(-1, "", 9.75010481363281e-6, NONE, NONE, 32, 0, -1, -1, -1, -1)),
                page("vllm-0.26.0-v1-no-offload.filtered.prom", "vllm", 0, idle),
                page("vllm-0.26.0-v1-kv-offloading-size-flag.filtered.prom", "vllm", 0, idle),
                page("vllm-0.26.0-v1-offloading-connector.filtered.prom", "vllm", 0, idle),
                page(
                        "vllm-0.28.0-v1-agent-lanes-rtx3090.excerpt.prom",
                        "vllm",
                        0,
                        new Told(-1, "", 0, 0, 0, 64_929_219, 44_041_600, -1, -1, 0, -1)),
                page(
                        "triton-vllm_backend-24.x-v0.elided.prom",
                        "vllm",
                        6,
                        new Told(-1, "", NONE, NONE, NONE, -1, -1, 10, 16, -1, 16)));
    }

    private static Stream<Arguments> sglang() {
        String total = "max_total_num_tokens";
        return Stream.of(
                page(
                        "sglang-0.3.5-2024-11-production_metrics.prom",
                        "sglang",
                        0,
                        new Told(161_721, total, 0.01, 0, 0, 506_780, -1, 506_780, 424_549, -1, -1)),
                page(
                        "sglang-0.4.0-2024-12-production_metrics.prom",
                        "sglang",
                        0,
                        new Told(-1, "", 0, 0, 0, 7, -1, 7, 8, -1, -1)),
                page(
                        "sglang-0.4.3-2025-03-production_metrics-under-load.prom",
                        "sglang",
                        0,
                        new Told(-1, "", 0.28, 162, 2_826, 8_128_902, -1, 8_128_902, 7_557_572, -1, -1)),
                page(
                        "sglang-0.5.9-hicache.filtered.prom",
                        "sglang",
                        0,
                        new Told(200_000, total, 0, NONE, 0, -1, -1, -1, -1, -1, -1)),
                page(
                        "sglang-0.5.16-hicache.filtered.prom",
                        "sglang",
                        0,
                        new Told(200_000, total, 0, NONE, 0, -1, -1, -1, -1, -1, -1)),
                page(
                        "sglang-0.5.17-saturated.excerpt.prom",
                        "sglang",
                        0,
                        new Told(32_768, "kv_available_tokens", 0.8506, NONE, NONE, -1, 4_600_439, -1, -1, 48, -1)));
    }

    private static Stream<Arguments> others() {
        String max = "kv_cache_max_blocks";
        String triton = "kv_cache_block_metrics";
        return Stream.of(
                page(
                        "trtllm-serve-1.3.0rc23-kvmanager-v1-hostcache-4GiB.filtered.prom",
                        "tensorrt-llm",
                        0,
                        new Told(676_128, max, 0.055374130342183726, NONE, NONE, -1, -1, -1, -1, -1, -1)),
                page(
                        "trtllm-serve-1.3.0rc23-kvmanager-v1-no-host.filtered.prom",
                        "tensorrt-llm",
                        0,
                        new Told(638_720, max, 0, NONE, NONE, -1, -1, -1, -1, -1, -1)),
                page(
                        "trtllm-serve-1.3.0rc23-kvmanager-v2.filtered.prom",
                        "tensorrt-llm",
                        0,
                        new Told(638_656, max, 0, NONE, NONE, -1, -1, -1, -1, -1, -1)),
                page(
                        "trtllm-serve-docs-iteration-stats.elided.json",
                        "tensorrt-llm",
                        0,
                        new Told(
                                3_240_192,
                                "kvCacheStats_maxNumBlocks",
                                3 / 101_256.0,
                                1,
                                NONE,
                                100_000,
                                128,
                                -1,
                                -1,
                                -1,
                                154)),
                page(
                        "trtllm-serve-iteration-stats.unattributed.json",
                        "tensorrt-llm",
                        0,
                        new Told(171_456, "kvCacheStats_maxNumBlocks", 8 / 5_358.0, 1, NONE, 256, 0, -1, -1, -1, 1)),
                page(
                        "triton-23.12-tensorrtllm_backend-ifb.partial.prom",
                        "triton",
                        0,
                        new Told(399_296, triton, 1 / 6_239.0, 1, NONE, -1, -1, -1, -1, -1, 0)),
                page(
                        "triton-23.12-tensorrtllm_backend-v1.partial.prom",
                        "triton",
                        0,
                        new Told(-1, "", NONE, NONE, NONE, -1, -1, -1, -1, -1, 20)),
                page(
                        "triton-25.x-tensorrtllm_backend-ifb-disagg.partial.prom",
                        "triton",
                        0,
                        new Told(399_296, triton, 1 / 6_239.0, 1, 1, -1, -1, -1, -1, -1, 0)),
                page(
                        "ik_llama.cpp-2025-08-server.prom",
                        "llama.cpp",
                        0,
                        new Told(64_000, "kv_cache_tokens", NONE, 0, 0, -1, -1, -1, 3_469, -1, -1)),
                page(
                        "tgi-2024-datadog.truncated.prom",
                        "tgi",
                        0,
                        new Told(-1, "", NONE, 0, 0, -1, -1, 662, -1, -1, 1_525)));
    }

    private static Arguments page(String file, String kind, int unreadableLines, Told told) {
        return Arguments.of(file, kind, unreadableLines, told);
    }

    @ParameterizedTest
    @MethodSource
    void readsEveryPage(String file, String kind, int unreadableLines, Told told) throws IOException {
        PageReading reading = Pages.reading(Files.readAllBytes(CAPTURES.resolve(file)));

        assertThat(reading.signal()).isEqualTo(told.sample());
        assertThat(reading.dialect())
                .extracting(dialect -> dialect.kind().label())
                .isEqualTo(kind);
        assertThat(reading.unreadableLines()).isEqualTo(unreadableLines);
    }

    @Test
    void noPageIsLeftOut() throws IOException {
        try (Stream<Path> files = Files.list(CAPTURES)) {
            Set<String> pages = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".prom") || name.endsWith(".json"))
                    .collect(Collectors.toSet());
            assertThat(readsEveryPage()
                            .map(arguments -> (String) arguments.get()[0])
                            .collect(Collectors.toSet()))
                    .isEqualTo(pages);
        }
    }

    @Test
    void hicacheTellsItsHostTier() throws IOException {
        PageFigures page = Pages.reading(Files.readAllBytes(CAPTURES.resolve("sglang-0.5.16-hicache.filtered.prom")))
                .figures();

        assertThat(page.of(Figure.HOST_TOKENS)).isEqualTo(400_001);
        assertThat(page.of(Figure.HOST_USED_TOKENS)).isEqualTo(6);
    }

    @Test
    void aLiveVllmHasTheFamiliesThatTheTableNames() throws IOException {
        Set<String> live = Files.readAllLines(CAPTURES.resolve("vllm-0.26.0-cpu-live-family-list.txt")).stream()
                .map(line -> line.split(" ", -1)[0])
                .collect(Collectors.toSet());
        Set<Figure> missing = new TreeSet<>();
        for (FamilyTable.Row row : VllmDialect.DIALECT.table().rows()) {
            List<String> names = row.spellings().stream()
                    .map(spelling -> spelling.name().replaceFirst("_(count|sum)$", ""))
                    .toList();
            if (names.stream().noneMatch(live::contains)) {
                missing.add(row.figure());
            }
        }

        assertThat(missing).isEqualTo(new TreeSet<>(NOT_ALWAYS));
    }
}
