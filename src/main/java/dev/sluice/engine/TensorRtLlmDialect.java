package dev.sluice.engine;

import static dev.sluice.engine.FamilyTable.row;

import dev.sluice.config.EngineConfig;
import java.util.List;
import java.util.Set;

/**
 * TensorRT-LLM's own server, {@code trtllm-serve}. Its Prometheus page is refreshed only when a request ends, so nothing on it
 * shows progress. Its other page, {@code /metrics}, is a list of iterations that each reading takes away ({@link
 * NumberLines}); it is read only where the configuration names it, because two readers steal from each other.
 *
 * <p>What the pages do not tell: with the first KV manager and memory of the host as second tier, the blocks of the host
 * count too, as capacity and as used, so that an idle engine is not at zero and a full one not at one. Under the default
 * scheduler a request enters with room for all its {@code max_tokens}, so large bounds make the engine look full.
 */
final class TensorRtLlmDialect {

    static final Dialect DIALECT = new Dialect(
            EngineConfig.Kind.TENSORRT_LLM,
            "tensorrt_llm",
            "/prometheus/metrics",
            "",
            new FamilyTable(
                    List.of("trtllm_", NumberLines.PREFIX),
                    List.of(),
                    List.of("pid"),
                    List.of(
                            row(Figure.POOL_BLOCKS, "kv_cache_max_blocks", "kvCacheStats_maxNumBlocks"),
                            row(Figure.BLOCK_TOKENS, "kv_cache_tokens_per_block", "kvCacheStats_tokensPerBlock"),
                            row(Figure.PINNED_BLOCKS, "kv_cache_used_blocks", "kvCacheStats_usedNumBlocks"),
                            row(Figure.KV_USAGE, "kv_cache_utilization"),
                            row(Figure.HOST_USAGE, "kv_cache_host_utilization"),
                            row(
                                    Figure.RUNNING,
                                    "num_requests_running",
                                    "inflightBatchingStats_numScheduledRequests",
                                    "numActiveRequests"),
                            row(Figure.WAITING, "num_requests_waiting", "numQueuedRequests"),
                            row(Figure.PREFIX_HIT_BLOCKS, "kv_cache_reused_blocks_total", "kvCacheStats_reusedBlocks"),
                            row(Figure.PREFIX_MISS_BLOCKS, "kv_cache_missed_blocks_total", "kvCacheStats_missedBlocks"),
                            row(Figure.PROMPT_TOKENS, "prompt_tokens_total"),
                            row(Figure.GENERATION_TOKENS, "generation_tokens_total"),
                            row(Figure.PROGRESS, "iter"))),
            Set.of(Trait.TOLD_AT_END_ONLY, Trait.RESERVES_OUTPUT, Trait.REFUSES_UNKNOWN_FIELDS),
            "TensorRT-LLM shows its metrics only with return_perf_metrics and enable_iter_perf_stats; without them,"
                    + " signals.path: /metrics reads its list of iterations, if nobody else does");

    private TensorRtLlmDialect() {}
}
