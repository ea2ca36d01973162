package dev.sluice.engine;

import static dev.sluice.engine.FamilyTable.row;

import dev.sluice.config.EngineConfig;
import java.util.List;
import java.util.Set;

/**
 * SGLang, from 0.3 on. Each tensor-parallel, pipeline and expert rank tells the same, so one of them counts; each
 * data-parallel rank has a pool of its own.
 *
 * <p>Usage: {@code full_token_usage} is exact and of the attention pool, {@code kv_cache_usage_perc} leaves out state-space
 * models' pools, {@code token_usage} is the fullest pool of all, rounded to two decimals. All leave out cached prefixes, which
 * stand in {@code kv_evictable_tokens}. Before 0.5.10 the page size and the number of pages are in labels.
 *
 * <p>What the page does not tell: {@code num_retracted_reqs} counts an interval only, the counters ending in
 * {@code _requests_total} count all; {@code cache_hit_rate} is of the last prefill only and not used; token counters but
 * {@code realtime_tokens_total} move when a request ends.
 */
final class SglangDialect {

    static final Dialect DIALECT = new Dialect(
            EngineConfig.Kind.SGLANG,
            "sglang",
            "/metrics",
            "/server_info",
            new FamilyTable(
                    List.of("sglang:", NumberLines.PREFIX),
                    List.of("dp_rank"),
                    List.of("tp_rank", "pp_rank", "moe_ep_rank", "pid"),
                    List.of(
                            row(Figure.POOL_TOKENS, "max_total_num_tokens", "kv_cache_total_tokens"),
                            row(Figure.POOL_BLOCKS, "num_pages", "cache_config_info[num_pages]"),
                            row(Figure.BLOCK_TOKENS, "page_size", "cache_config_info[page_size]"),
                            row(Figure.PINNED_TOKENS, "kv_used_tokens"),
                            row(Figure.FREE_TOKENS, "kv_available_tokens"),
                            row(Figure.EVICTABLE_TOKENS, "kv_evictable_tokens"),
                            row(Figure.KV_USAGE, "full_token_usage", "kv_cache_usage_perc", "token_usage"),
                            row(Figure.RUNNING, "num_running_reqs", "num_requests_running"),
                            row(Figure.WAITING, "num_queue_reqs", "num_requests_waiting"),
                            row(Figure.PREFIX_QUERY_TOKENS, "prompt_tokens_total"),
                            row(Figure.PREFIX_HIT_TOKENS, "cached_tokens_total"),
                            row(Figure.PROMPT_TOKENS, "prompt_tokens_total"),
                            row(Figure.COMPUTED_PROMPT_TOKENS, "realtime_tokens_total{mode=prefill_compute}"),
                            row(Figure.GENERATION_TOKENS, "generation_tokens_total"),
                            row(Figure.PREEMPTIONS, "num_retracted_requests_total"),
                            row(Figure.EVICTED_TOKENS, "evicted_tokens_total"),
                            row(Figure.PROGRESS, "realtime_tokens_total"),
                            row(Figure.HOST_TOKENS, "hicache_host_total_tokens"),
                            row(Figure.HOST_USED_TOKENS, "hicache_host_used_tokens"))),
            Set.of(Trait.HIGHER_PRIORITY_FIRST, Trait.TAKES_RANK),
            "SGLang shows its metrics only with --enable-metrics");

    private SglangDialect() {}
}
