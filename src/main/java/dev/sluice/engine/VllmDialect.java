package dev.sluice.engine;

import static dev.sluice.engine.FamilyTable.row;

import dev.sluice.config.EngineConfig;
import java.util.List;
import java.util.Set;

/**
 * vLLM, from 0.4 on. Each data-parallel rank has its own pool and its own series, told apart by {@code engine}. Under Ray
 * Serve the colon of the names is an underscore and each replica has a {@code WorkerId}; under Triton the series have
 * {@code model} and {@code version} instead.
 *
 * <p>What the page does not tell: in 0.8 the prefix-cache counters count <em>blocks</em>, so that only their quotient can be
 * used; {@code num_gpu_blocks × block_size}, which stands in where {@code kv_cache_size_tokens} is missing (before 0.24), is
 * too large for hybrid models; a preemption is counted only when its request runs again; the front end written in Rust has no
 * {@code cache_config_info} at all.
 */
final class VllmDialect {

    static final Dialect DIALECT = new Dialect(
            EngineConfig.Kind.VLLM,
            "vllm",
            "/metrics",
            "",
            new FamilyTable(
                    List.of("vllm:", "ray_vllm_"),
                    List.of("WorkerId", "engine", "model", "version"),
                    List.of(),
                    List.of(
                            row(Figure.POOL_TOKENS, "cache_config_info[kv_cache_size_tokens]"),
                            row(Figure.POOL_BLOCKS, "cache_config_info[num_gpu_blocks]"),
                            row(Figure.BLOCK_TOKENS, "cache_config_info[block_size]"),
                            row(Figure.KV_USAGE, "kv_cache_usage_perc", "gpu_cache_usage_perc"),
                            row(Figure.RUNNING, "num_requests_running"),
                            row(Figure.WAITING, "num_requests_waiting"),
                            row(Figure.WAITING_FOR_CAPACITY, "num_requests_waiting_by_reason{reason=capacity}"),
                            row(
                                    Figure.PREFIX_QUERY_TOKENS,
                                    "prefix_cache_queries_total",
                                    "prefix_cache_queries",
                                    "gpu_prefix_cache_queries_total",
                                    "gpu_prefix_cache_queries"),
                            row(
                                    Figure.PREFIX_HIT_TOKENS,
                                    "prefix_cache_hits_total",
                                    "prefix_cache_hits",
                                    "gpu_prefix_cache_hits_total",
                                    "gpu_prefix_cache_hits"),
                            row(
                                    Figure.EXTERNAL_QUERY_TOKENS,
                                    "external_prefix_cache_queries_total",
                                    "external_prefix_cache_queries"),
                            row(
                                    Figure.EXTERNAL_HIT_TOKENS,
                                    "external_prefix_cache_hits_total",
                                    "external_prefix_cache_hits"),
                            row(Figure.PROMPT_TOKENS, "prompt_tokens_total", "prompt_tokens"),
                            row(
                                    Figure.COMPUTED_PROMPT_TOKENS,
                                    "prompt_tokens_by_source_total{source=local_compute}",
                                    "prompt_tokens_by_source{source=local_compute}"),
                            row(Figure.GENERATION_TOKENS, "generation_tokens_total", "generation_tokens"),
                            row(Figure.PREEMPTIONS, "num_preemptions_total", "num_preemptions"),
                            row(
                                    Figure.PROGRESS,
                                    "iteration_tokens_total_count",
                                    "generation_tokens_total",
                                    "generation_tokens"),
                            row(Figure.SAMPLED_EVICTIONS, "kv_block_idle_before_evict_seconds_count"),
                            row(Figure.IDLE_BEFORE_EVICT_SECONDS, "kv_block_idle_before_evict_seconds_sum"),
                            row(Figure.HOST_USAGE, "kv_offload_cpu_cache_usage_perc"),
                            row(Figure.REFUSALS, "admission_rejections_total"),
                            row(Figure.AWAKE, "engine_sleep_state{sleep_state=awake}"))),
            Set.of(Trait.COUNTS_ANSWER, Trait.LOWER_PRIORITY_FIRST, Trait.TAKES_RANK),
            "vLLM shows no families of its own: was it started with --disable-log-stats?");

    private VllmDialect() {}
}
