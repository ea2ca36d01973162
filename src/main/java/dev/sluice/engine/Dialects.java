package dev.sluice.engine;

import java.util.List;

/** The dialects that we speak. Apart from {@link Dialect}, because each of them is made of that. */
final class Dialects {

    /** Where a page could be of two, the first counts. */
    static final List<Dialect> ALL = List.of(
            VllmDialect.DIALECT,
            SglangDialect.DIALECT,
            TensorRtLlmDialect.DIALECT,
            TritonDialect.DIALECT,
            LlamaCppDialect.DIALECT,
            TgiDialect.DIALECT,
            LmDeployDialect.DIALECT);

    private Dialects() {}
}
