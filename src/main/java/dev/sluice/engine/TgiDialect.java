package dev.sluice.engine;

import static dev.sluice.engine.FamilyTable.row;

import dev.sluice.config.EngineConfig;
import java.util.List;
import java.util.Set;

/** Text Generation Inference: queue and batch, nothing of its cache. Its counters have no {@code _total}. */
final class TgiDialect {

    static final Dialect DIALECT = new Dialect(
            EngineConfig.Kind.TGI,
            "",
            "/metrics",
            "",
            new FamilyTable(
                    List.of("tgi_"),
                    List.of(),
                    List.of(),
                    List.of(
                            row(Figure.RUNNING, "batch_current_size"),
                            row(Figure.WAITING, "queue_size"),
                            row(Figure.PROMPT_TOKENS, "request_input_length_sum"),
                            row(Figure.GENERATION_TOKENS, "request_generated_tokens_sum"),
                            row(Figure.PROGRESS, "batch_inference_count"))),
            Set.of(),
            "TGI tells nothing of its cache: set pool.tokens");

    private TgiDialect() {}
}
