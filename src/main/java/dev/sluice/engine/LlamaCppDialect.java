package dev.sluice.engine;

import static dev.sluice.engine.FamilyTable.row;

import dev.sluice.config.EngineConfig;
import java.util.List;
import java.util.Set;

/**
 * llama.cpp's server and ik_llama.cpp. Only the latter tells of its cache, and counts what idle slots keep; what the cache
 * holds over the share of the pool that this is gives the pool. Its prompt tokens are those that it computed.
 */
final class LlamaCppDialect {

    static final Dialect DIALECT = new Dialect(
            EngineConfig.Kind.LLAMA_CPP,
            "llamacpp",
            "/metrics",
            "",
            new FamilyTable(
                    List.of("llamacpp:"),
                    List.of("model"),
                    List.of(),
                    List.of(
                            row(Figure.CACHE_FILL, "kv_cache_usage_ratio"),
                            row(Figure.CACHE_FILL_TOKENS, "kv_cache_tokens"),
                            row(Figure.RUNNING, "requests_processing"),
                            row(Figure.WAITING, "requests_deferred"),
                            row(Figure.PREFIX_HIT_TOKENS, "prompt_tokens_cached_total"),
                            row(Figure.COMPUTED_PROMPT_TOKENS, "prompt_tokens_total"),
                            row(Figure.GENERATION_TOKENS, "tokens_predicted_total"),
                            row(Figure.PROGRESS, "n_decode_total"))),
            Set.of(Trait.CACHED_COUNTS_AS_USED),
            "llama.cpp shows its metrics only with --metrics, and no pool: set pool.tokens to its context size");

    private LlamaCppDialect() {}
}
