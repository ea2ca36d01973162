package dev.sluice.engine;

/**
 * How an engine spells what an audit recommends; empty where it has nothing of the kind.
 *
 * @param metrics shows its metrics
 * @param prefixCache keeps prefixes
 * @param usage tells in answers what was cached
 * @param smallKv stores the cache in 8 bits
 * @param context bounds the context
 * @param offload gives it a second tier
 * @param evictions tells what the cache lets go
 */
record EngineFlags(
        String metrics,
        String prefixCache,
        String usage,
        String smallKv,
        String context,
        String offload,
        String evictions) {

    static final EngineFlags NONE = new EngineFlags("", "", "", "", "", "", "");

    private static final EngineFlags VLLM = new EngineFlags(
            "leave out --disable-log-stats",
            "--enable-prefix-caching",
            "--enable-prompt-tokens-details",
            "--kv-cache-dtype fp8",
            "--max-model-len",
            "--kv-offloading-size 64 --kv-offloading-backend native",
            "--kv-cache-metrics");

    private static final EngineFlags SGLANG = new EngineFlags(
            "--enable-metrics",
            "leave out --disable-radix-cache",
            "--enable-cache-report",
            "--kv-cache-dtype fp8_e4m3",
            "--context-length",
            "--enable-hierarchical-cache --hicache-ratio 2",
            "--enable-metrics");

    private static final EngineFlags TENSORRT_LLM = new EngineFlags(
            "return_perf_metrics: true, enable_iter_perf_stats: true",
            "kv_cache_config.enable_block_reuse: true",
            "",
            "kv_cache_config.dtype: fp8",
            "--max_seq_len",
            "kv_cache_config.host_cache_size: 68719476736",
            "");

    /** @param kind as {@link EngineFacts#kind} has it */
    static EngineFlags of(String kind) {
        return switch (kind) {
            case "vllm" -> VLLM;
            case "sglang" -> SGLANG;
            case "tensorrt-llm" -> TENSORRT_LLM;
            default -> NONE;
        };
    }
}
