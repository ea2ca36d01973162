package dev.sluice.engine;

import static dev.sluice.control.EngineSample.UNKNOWN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.control.EngineSample;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VllmDialectTest {

    private static final String INFO = "cache_config_info";

    @Test
    void readsTheOldNames() {
        assertThat(Pages.sample(Pages.bytes("vllm-0.8.prom")))
                .isEqualTo(new EngineSample(1, 32_768, INFO, 0.25, 3, 1, 400, 300, 6_400, 950, 2, 950, false, 1));
    }

    @Test
    void countsAFamilyOnceThoughBothItsNamesAreThere() {
        assertThat(Pages.sample(Pages.bytes("vllm-0.10-both-names.prom")))
                .isEqualTo(new EngineSample(
                        1, 32_768, INFO, 4.8828125e-4, 0, 0, 512, 128, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, false, 1));
    }

    @Test
    void addsUpTheRanksButTakesTheMeanOfTheirUsages() {
        assertThat(Pages.sample(Pages.bytes("vllm-0.26-two-ranks.prom")))
                .isEqualTo(new EngineSample(
                        1, 65_536, INFO, 0.625, 12, 6, 2_000_000, 1_250_000, 2_200_000, 42_000, 3, 42_000, false, 2));
    }

    @Test
    void passesOverWhatCannotBeMeant() {
        byte[] page = Pages.bytes("vllm-0.32-trapped.prom");

        assertThat(Pages.sample(page))
                .isEqualTo(new EngineSample(
                        1, 26_624, INFO, 0.5, 2, 1, 64_929_219, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, false, 2));
        assertThat(Pages.reading(page).unreadableLines()).isEqualTo(7);
    }

    @Test
    void readsThePageUnderRay() {
        assertThat(Pages.sample(Pages.bytes("vllm-under-ray.prom")))
                .isEqualTo(new EngineSample(
                        1, UNKNOWN, "", 0.125, 4, 2, 640, 320, 700, UNKNOWN, UNKNOWN, UNKNOWN, false, 1));
    }

    /** Whole pages of a vLLM 0.32.0 on processors: the first one that it served, and one after an agent's six steps. */
    @ParameterizedTest
    @CsvSource({"idle, 0, 0, 0, 0", "worked, 4533, 3424, 96, 96"})
    void readsEverySignalOfAPageThatWasRecorded(String when, long prompt, long hit, long generated, long iterations) {
        PageReading reading = Pages.reading(Pages.bytes("vllm-0.32-recorded-" + when + ".prom"));

        assertThat(reading.unreadableLines()).isZero();
        assertThat(Pages.sample(Pages.bytes("vllm-0.32-recorded-" + when + ".prom")))
                .isEqualTo(new EngineSample(
                        1, 16_384, INFO, 0, 0, 0, prompt, hit, prompt, generated, 0, iterations, false, 1));
    }

    @Test
    void aMissingGaugeIsNoNumber() {
        EngineSample sample = Pages.sample("vllm:num_requests_running 1\n".getBytes(UTF_8));

        assertThat(sample.kvUsageRatio()).isNaN();
        assertThat(sample.waitingRequests()).isNaN();
        assertThat(sample.runningRequests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "+Inf", "-0.1", "85"})
    void aPageWithoutAFigureThatCanBeMeantIsUnusable(String value) {
        assertThat(Pages.silence(("vllm:kv_cache_usage_perc " + value + "\n").getBytes(UTF_8)))
                .isEqualTo("no_dialect");
    }

    @Test
    void theFrontEndInRustTellsNoPool() {
        PageFigures page = figures("""
                vllm:num_requests_running{engine="0",model_name="m"} 2
                vllm:num_requests_waiting{engine="0",model_name="m"} 1
                vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.5
                vllm:generation_tokens_total{engine="0",model_name="m"} 9
                """);

        assertThat(EnginePool.tokens(page, "0")).isEqualTo(UNKNOWN);
        assertThat(Capability.POOL_SIZE.isToldBy(page)).isFalse();
        assertThat(page.of(Figure.KV_USAGE)).isEqualTo(0.5);
        assertThat(page.pools()).containsExactly("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "+Inf", "-0.1", "85"})
    void aUsageThatIsNoRatioIsNoUsage(String value) {
        byte[] page = ("vllm:num_requests_running 1\nvllm:kv_cache_usage_perc " + value + "\n").getBytes(UTF_8);

        assertThat(Pages.sample(page).kvUsageRatio()).isNaN();
    }

    @ParameterizedTest
    @CsvSource({
        "1188352, 74272, 16, 1188352",
        "1000.0,  74272, 16, 1000",
        "None,    832,   32, 26624",
        "0,       832,   32, 26624",
        "'',      832,   32, 26624",
        "None,    None,  32, -1",
        "None,    832,   None, -1",
        "None,    0,     16, -1",
        "-5,      -2,    16, -1",
        "1e9,     x,     16, -1",
        "99999999999999999999, 99999999999999999999, 16, -1",
    })
    void readsThePool(String tokens, String blocks, String blockSize, long expected) {
        String page =
                "vllm:cache_config_info{block_size=\"%s\",kv_cache_size_tokens=\"%s\",num_gpu_blocks=\"%s\"} 1.0\n"
                        .formatted(blockSize, tokens, blocks);

        EngineSample sample = Pages.sample(page.getBytes(UTF_8));

        assertThat(sample.poolTokens()).isEqualTo(expected);
        assertThat(sample.poolSource()).isEqualTo(expected == UNKNOWN ? "" : INFO);
    }

    @Test
    void anUnknownEngineHasNoDialect() {
        assertThat(Pages.silence(Pages.bytes("other-engine.prom"))).isEqualTo("no_dialect");
        assertThat(Pages.silence("vllm:num_requests_waiting_by_reason 1\n".getBytes(UTF_8)))
                .isEqualTo("no_dialect");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n\n", "# HELP x\n", "...\n", "<html>\n<body>\nx\n</html>\n", "vllm:num_requests_running 1"
            })
    void aPageWithoutASeriesIsUnreadable(String page) {
        assertThat(Pages.silence(page.getBytes(UTF_8))).isEqualTo("unreadable");
    }

    @Test
    void eachRankHasAPool() {
        PageFigures page = figures(Pages.text("vllm-0.26-two-ranks.prom"));

        assertThat(page.pools().stream().map(id -> EnginePool.of(page, id)))
                .containsExactly(new EnginePool("0", 32_768, 0.5, 5, 2), new EnginePool("1", 32_768, 0.75, 7, 4));
        assertThat(page.of(Figure.WAITING_FOR_CAPACITY)).isEqualTo(5);
        assertThat(page.of(Figure.EXTERNAL_QUERY_TOKENS)).isEqualTo(9e9);
    }

    @Test
    void eachReplicaUnderRayHasAPool() {
        String page = """
                ray_vllm_num_requests_running{WorkerId="ab",engine="0"} 1
                ray_vllm_num_requests_running{WorkerId="cd",engine="0"} 2
                """;

        assertThat(figures(page).pools()).containsExactly("ab/0", "cd/0");
        assertThat(Pages.sample(page.getBytes(UTF_8)).ranks()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 2", "1, 0, 2", "1, 2, 1", "4, 5, 1"})
    void onlyRanksThatCountFromZeroCanBeSentTo(String one, String other, int expected) {
        String page = """
                vllm:num_requests_running{engine="%s"} 1
                vllm:num_requests_running{engine="%s"} 2
                """.formatted(one, other);

        assertThat(Pages.sample(page.getBytes(UTF_8)).ranks()).isEqualTo(expected);
    }

    @Test
    void readsWhatNewVersionsTell() {
        PageFigures page = figures("""
                vllm:prompt_tokens_by_source_total{engine="0",source="local_compute"} 100
                vllm:prompt_tokens_by_source_total{engine="0",source="local_cache_hit"} 300
                vllm:kv_block_idle_before_evict_seconds_sum{engine="0"} 80
                vllm:kv_block_idle_before_evict_seconds_count{engine="0"} 4
                vllm:kv_offload_cpu_cache_usage_perc{engine="0"} 0.25
                vllm:admission_rejections_total{reason="requests"} 2
                vllm:admission_rejections_total{reason="tokens"} 3
                vllm:iteration_tokens_total_count{engine="0"} 77
                vllm:generation_tokens_total{engine="0"} 5
                """);

        assertThat(page.of(Figure.COMPUTED_PROMPT_TOKENS)).isEqualTo(100);
        assertThat(page.of(Figure.IDLE_BEFORE_EVICT_SECONDS)).isEqualTo(80);
        assertThat(page.of(Figure.SAMPLED_EVICTIONS)).isEqualTo(4);
        assertThat(page.of(Figure.HOST_USAGE)).isEqualTo(0.25);
        assertThat(page.of(Figure.REFUSALS)).isEqualTo(5);
        assertThat(page.of(Figure.PROGRESS)).isEqualTo(77);
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0, false", "0, 1, 0, true", "0, 0, 1, true"})
    void anEngineThatSleepsHasLostItsCache(int awake, int offloaded, int discarded, boolean asleep) {
        String page = """
                vllm:generation_tokens_total{engine="0"} 5
                vllm:engine_sleep_state{engine="0",sleep_state="awake"} %d
                vllm:engine_sleep_state{engine="0",sleep_state="weights_offloaded"} %d
                vllm:engine_sleep_state{engine="0",sleep_state="discard_all"} %d
                """.formatted(awake, offloaded, discarded);
        EngineSample before = Pages.sample("vllm:generation_tokens_total{engine=\"0\"} 5\n".getBytes(UTF_8));

        EngineSample sample = Pages.sample(page.getBytes(UTF_8));

        assertThat(sample.asleep()).isEqualTo(asleep);
        assertThat(sample.isCacheLostSince(before)).isEqualTo(asleep);
    }

    @Test
    void underTritonTheModelIsThePool() {
        assertThat(figures("vllm:generation_tokens_total{model=\"m\",version=\"1\"} 5\n")
                        .pools())
                .containsExactly("m/1");
    }

    private static PageFigures figures(String page) {
        return Objects.requireNonNull(Pages.reading(page.getBytes(UTF_8)).figures());
    }
}
