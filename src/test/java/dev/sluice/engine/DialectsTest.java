package dev.sluice.engine;

import static dev.sluice.control.EngineSample.UNKNOWN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.control.EngineSample;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages with the traps of each kind of engine. */
final class DialectsTest {

    /** Two data-parallel ranks of two tensor-parallel ranks each. */
    private static final String SGLANG = """
            sglang:max_total_num_tokens{dp_rank="0",model_name="m",tp_rank="0"} 1000
            sglang:max_total_num_tokens{dp_rank="0",model_name="m",tp_rank="1"} 1000
            sglang:max_total_num_tokens{dp_rank="1",model_name="m",tp_rank="2"} 1000
            sglang:max_total_num_tokens{dp_rank="1",model_name="m",tp_rank="3"} 1000
            sglang:token_usage{dp_rank="0",model_name="m",tp_rank="0"} 0.9
            sglang:full_token_usage{dp_rank="0",model_name="m",tp_rank="0"} 0.25
            sglang:full_token_usage{dp_rank="0",model_name="m",tp_rank="1"} 0.26
            sglang:full_token_usage{dp_rank="1",model_name="m",tp_rank="2"} 0.75
            sglang:num_running_reqs{dp_rank="0",model_name="m",priority="0",tp_rank="0"} 3
            sglang:num_running_reqs{dp_rank="0",model_name="m",priority="5",tp_rank="0"} 4
            sglang:num_running_reqs{dp_rank="0",model_name="m",priority="0",tp_rank="1"} 3
            sglang:num_queue_reqs{dp_rank="1",model_name="m",tp_rank="2"} 2
            sglang:kv_evictable_tokens{dp_rank="0",model_name="m",tp_rank="0"} 600
            sglang:kv_evictable_tokens{dp_rank="1",model_name="m",tp_rank="2"} 100
            sglang:num_retracted_reqs{dp_rank="0",pid="7"} 1
            sglang:num_retracted_requests_total{model_name="m"} 48
            sglang:num_retracted_requests_created{model_name="m"} 1.7e9
            sglang:prompt_tokens_total{model_name="m"} 5000
            sglang:cached_tokens_total{cache_source="device",model_name="m"} 2000
            sglang:cached_tokens_total{cache_source="host",model_name="m"} 500
            sglang:generation_tokens_total{model_name="m"} 700
            sglang:realtime_tokens_total{dp_rank="0",mode="prefill_compute",tp_rank="0"} 100
            sglang:realtime_tokens_total{dp_rank="0",mode="decode",tp_rank="0"} 50
            sglang:realtime_tokens_total{dp_rank="0",mode="decode",tp_rank="1"} 50
            sglang:evicted_tokens_total{model_name="m"} 900
            sglang:cache_hit_rate{model_name="m",tp_rank="0"} 0.0
            """;

    @Test
    void sglangCountsRanksThatTellTheSameOnce() {
        assertThat(sample(SGLANG))
                .isEqualTo(new EngineSample(
                        1, 2000, "max_total_num_tokens", 0.5, 7, 2, 5000, 2500, 5000, 700, 48, 150, false, 2));
        PageFigures page = figures(SGLANG);
        assertThat(page.pools()).containsExactly("0", "1");
        assertThat(page.of(Figure.EVICTABLE_TOKENS)).isEqualTo(700);
        assertThat(page.of(Figure.EVICTED_TOKENS)).isEqualTo(900);
        assertThat(page.of(Figure.COMPUTED_PROMPT_TOKENS)).isEqualTo(100);
    }

    @Test
    void sglangTellsItsPoolInPagesOrInParts() {
        String info = "sglang:cache_config_info{num_pages=\"100\",page_size=\"16\"} 1.0\n";
        String parts = "sglang:kv_used_tokens 27\nsglang:kv_available_tokens 3\nsglang:kv_evictable_tokens 2\n";

        assertThat(sample(info).poolTokens()).isEqualTo(1_600);
        assertThat(sample("sglang:num_pages 10\nsglang:page_size 64\n").poolTokens())
                .isEqualTo(640);
        assertThat(sample(parts).poolTokens()).isEqualTo(32);
        assertThat(sample(parts).poolSource()).isEqualTo("kv_available_tokens");
    }

    @Test
    void sglangsTokensOfRequestsThatEndedAreNoProgress() {
        assertThat(sample("sglang:generation_tokens_total 5\n").progress()).isEqualTo(UNKNOWN);
    }

    @Test
    void tensorRtLlmTellsBlocks() {
        EngineSample sample = sample("""
                trtllm_kv_cache_utilization{engine_type="pytorch",pid="1"} 0.25
                trtllm_kv_cache_max_blocks{engine_type="pytorch",pid="1"} 100
                trtllm_kv_cache_tokens_per_block{engine_type="pytorch",pid="1"} 32
                trtllm_kv_cache_reused_blocks_total{engine_type="pytorch"} 30
                trtllm_kv_cache_missed_blocks_total{engine_type="pytorch"} 10
                trtllm_num_requests_running{engine_type="pytorch",pid="1"} 5
                trtllm_num_requests_waiting{engine_type="pytorch",pid="1"} 2
                trtllm_generation_tokens_total{engine_type="pytorch"} 900
                """);

        // Nothing there moves before a request ends, so nothing is progress.
        assertThat(sample)
                .isEqualTo(new EngineSample(
                        1,
                        3_200,
                        "kv_cache_max_blocks",
                        0.25,
                        5,
                        2,
                        1_280,
                        960,
                        UNKNOWN,
                        900,
                        UNKNOWN,
                        UNKNOWN,
                        false,
                        1));
    }

    @Test
    void ofTensorRtLlmsIterationsTheNewestCounts() {
        EngineSample sample = sample("""
                [{"iter": 1, "numActiveRequests": 9, "kvCacheStats": {"maxNumBlocks": 7}},
                 {"iter": 2, "numQueuedRequests": 4, "note": "x", "list": [{"iter": 5}],
                  "inflightBatchingStats": {"numScheduledRequests": 3, "deeper": {"numScheduledRequests": 8}},
                  "kvCacheStats": {"maxNumBlocks": 100, "usedNumBlocks": 50, "tokensPerBlock": 32,
                                   "reusedBlocks": 6, "missedBlocks": 2}}]
                """);

        assertThat(sample)
                .isEqualTo(new EngineSample(
                        1,
                        3_200,
                        "kvCacheStats_maxNumBlocks",
                        0.5,
                        3,
                        4,
                        256,
                        192,
                        UNKNOWN,
                        UNKNOWN,
                        UNKNOWN,
                        2,
                        false,
                        1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", " [ ] \n", "{}", "[{}]", "[[], 7, \"x\"]"})
    void iterationsThatTellNothingAreNothingNew(String page) {
        assertThat(Pages.silence(page.getBytes(UTF_8))).isEqualTo("nothing_new");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[", "{\"iter\": 1", "[{\"iter\": 1}] x", "{\"iter\": 1e", "[{\"iter\": 1}", "{iter: 1}", "[NaN]"
            })
    void whatBeginsLikeJsonAndIsNoneIsUnreadable(String page) {
        assertThat(Pages.silence(page.getBytes(UTF_8))).isEqualTo("unreadable");
    }

    @Test
    void jsonThatIsNestedWithoutEndIsUnreadable() {
        assertThat(Pages.silence("[".repeat(1 << 20).getBytes(UTF_8))).isEqualTo("unreadable");
        assertThat(Pages.silence("{\"a\":".repeat(1 << 18).getBytes(UTF_8))).isEqualTo("unreadable");
    }

    @Test
    void tritonTellsEachModelsPool() {
        String page = """
                nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="max",model="a",version="1"} 100
                nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="used",model="a",version="1"} 25
                nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="tokens_per",model="a",version="1"} 64
                nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="fraction",model="a",version="1"} 0.99
                nv_trt_llm_request_metrics{model="a",request_type="scheduled",version="1"} 4
                nv_trt_llm_request_metrics{model="a",request_type="waiting",version="1"} 1
                nv_trt_llm_request_metrics{model="a",request_type="max",version="1"} 512
                """;

        assertThat(sample(page).poolTokens()).isEqualTo(6_400);
        assertThat(sample(page).kvUsageRatio()).isEqualTo(0.25);
        assertThat(sample(page).runningRequests()).isEqualTo(4);
        assertThat(figures(page).pools()).containsExactly("a/1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lmdeploy:gpu_cache_usage_perc{engine=\"0\"} 0.98\nlmdeploy:num_requests_running{engine=\"0\"} 1\n",
                "llamacpp:kv_cache_usage_ratio 0.98\nllamacpp:requests_processing 1\n"
            })
    void whereCachedCountsAsUsedThereIsNoUsage(String page) {
        assertThat(sample(page).kvUsageRatio()).isNaN();
        assertThat(sample(page).runningRequests()).isEqualTo(1);
        assertThat(figures(page).of(Figure.CACHE_FILL)).isEqualTo(0.98);
    }

    @Test
    void llamaCppCountsWhatItComputedAndWhatItFound() {
        EngineSample sample = sample("llamacpp:prompt_tokens_total 100\nllamacpp:prompt_tokens_cached_total 300\n");

        assertThat(sample.prefixHitTokens()).isEqualTo(300);
        assertThat(sample.prefixQueryTokens()).isEqualTo(400);
    }

    @Test
    void countersWithoutTotalAreTgis() {
        EngineSample sample = sample("""
                tgi_queue_size 3
                tgi_batch_current_size 8
                tgi_batch_inference_count{method="decode"} 10
                tgi_batch_inference_count{method="prefill"} 5
                tgi_request_generated_tokens_sum 99
                """);

        assertThat(sample)
                .isEqualTo(new EngineSample(
                        1, UNKNOWN, "", Double.NaN, 8, 3, UNKNOWN, UNKNOWN, UNKNOWN, 99, UNKNOWN, 15, false, 1));
    }

    @Test
    void aNumberNobodyCanMeanIsNotTold() {
        EngineSample sample = sample("""
                sglang:max_total_num_tokens NaN
                sglang:full_token_usage 1.5
                sglang:token_usage 0.5
                sglang:num_running_reqs -3
                sglang:generation_tokens_total +Inf
                """);

        assertThat(sample)
                .isEqualTo(new EngineSample(
                        1,
                        UNKNOWN,
                        "",
                        0.5,
                        Double.NaN,
                        Double.NaN,
                        UNKNOWN,
                        UNKNOWN,
                        UNKNOWN,
                        UNKNOWN,
                        UNKNOWN,
                        UNKNOWN,
                        false,
                        1));
    }

    @Test
    void poolsWithoutEndAreCut() {
        StringBuilder page = new StringBuilder();
        for (int rank = 0; rank < 10_000; rank++) {
            page.append("vllm:num_requests_running{engine=\"").append(rank).append("\"} 1\n");
        }

        assertThat(sample(page.toString()).ranks()).isEqualTo(256);
    }

    @ParameterizedTest
    @EnumSource
    void everyCapabilityIsToldBySomeDialect(Capability capability) {
        assertThat(Dialects.ALL).anySatisfy(dialect -> {
            StringBuilder page = new StringBuilder();
            for (FamilyTable.Row row : dialect.table().rows()) {
                FamilyTable.Spelling first = row.spellings().get(0);
                String labels = first.label().isEmpty() ? "" : first.label() + "=\"" + first.text() + "\",";
                String number = first.numberLabel().isEmpty() ? "" : first.numberLabel() + "=\"1\"";
                page.append("%s{%s%s} 1\n".formatted(first.name(), labels, number));
            }
            assertThat(capability.isToldBy(figures(page.toString()))).isTrue();
        });
    }

    private static EngineSample sample(String page) {
        return Pages.sample(page.getBytes(UTF_8));
    }

    private static PageFigures figures(String page) {
        return Objects.requireNonNull(Pages.reading(page.getBytes(UTF_8)).figures());
    }
}
