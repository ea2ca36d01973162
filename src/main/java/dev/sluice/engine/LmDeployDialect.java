package dev.sluice.engine;

import static dev.sluice.engine.FamilyTable.row;

import dev.sluice.config.EngineConfig;
import java.util.List;
import java.util.Set;

/**
 * LMDeploy. Its prefix tree keeps its blocks referenced, so {@code gpu_cache_usage_perc} counts cached prefixes as used and
 * stands near 1 when all is well: the name is vLLM's, the meaning is the opposite, and it is never taken for usage.
 */
final class LmDeployDialect {

    static final Dialect DIALECT = new Dialect(
            EngineConfig.Kind.LMDEPLOY,
            "lmdeploy",
            "/metrics",
            "",
            new FamilyTable(
                    List.of("lmdeploy:", "lmdeploy_"),
                    List.of("engine"),
                    List.of(),
                    List.of(
                            row(Figure.CACHE_FILL, "gpu_cache_usage_perc"),
                            row(Figure.RUNNING, "num_requests_running"),
                            row(Figure.WAITING, "num_requests_waiting"),
                            row(Figure.EXTERNAL_QUERY_TOKENS, "external_prefix_cache_queries_total"),
                            row(Figure.EXTERNAL_HIT_TOKENS, "external_prefix_cache_hits_total"),
                            row(Figure.PROMPT_TOKENS, "prompt_tokens_total"),
                            row(Figure.GENERATION_TOKENS, "generation_tokens_total"),
                            row(Figure.PROGRESS, "generation_tokens_total"))),
            Set.of(Trait.CACHED_COUNTS_AS_USED),
            "LMDeploy tells no pool: set pool.tokens");

    private LmDeployDialect() {}
}
