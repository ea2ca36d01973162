package dev.sluice.engine;

import static dev.sluice.engine.FamilyTable.row;

import dev.sluice.config.EngineConfig;
import java.util.List;
import java.util.Set;

/**
 * Triton with its TensorRT-LLM backend. One family holds many figures, told apart by a label; each model has a pool. Triton
 * serves its metrics on a port of their own. The published share of used blocks is not read: used and all blocks are.
 */
final class TritonDialect {

    static final Dialect DIALECT = new Dialect(
            EngineConfig.Kind.TRITON,
            "Triton Inference Server",
            "/metrics",
            "",
            new FamilyTable(
                    List.of("nv_trt_llm_"),
                    List.of("model", "version"),
                    List.of(),
                    List.of(
                            row(Figure.POOL_BLOCKS, "kv_cache_block_metrics{kv_cache_block_type=max}"),
                            row(Figure.BLOCK_TOKENS, "kv_cache_block_metrics{kv_cache_block_type=tokens_per}"),
                            row(Figure.PINNED_BLOCKS, "kv_cache_block_metrics{kv_cache_block_type=used}"),
                            row(Figure.RUNNING, "request_metrics{request_type=scheduled}"),
                            row(Figure.WAITING, "request_metrics{request_type=waiting}"),
                            row(
                                    Figure.PROGRESS,
                                    "general_metrics{general_type=iteration_counter}",
                                    "v1_metrics{v1_specific_metric=total_generation_tokens}"))),
            Set.of(Trait.RESERVES_OUTPUT),
            "Triton serves its metrics on a port of their own: signals.url, as in http://127.0.0.1:8002");

    private TritonDialect() {}
}
