package dev.sluice.engine;

import java.util.List;

/** What an engine's page can tell Sluice; told if one of its figures is. */
enum Capability {
    POOL_SIZE("poolSize", Figure.POOL_TOKENS, Figure.POOL_BLOCKS, Figure.CACHE_FILL_TOKENS, Figure.FREE_TOKENS),
    KV_USAGE("kvUsage", Figure.KV_USAGE, Figure.PINNED_BLOCKS),
    CACHE_FILL("cacheFill", Figure.CACHE_FILL, Figure.EVICTABLE_TOKENS),
    RUNNING("running", Figure.RUNNING),
    WAITING("waiting", Figure.WAITING),
    WAITING_FOR_CAPACITY("waitingForCapacity", Figure.WAITING_FOR_CAPACITY),
    PREFIX_HITS("prefixHits", Figure.PREFIX_HIT_TOKENS, Figure.PREFIX_HIT_BLOCKS),
    COMPUTED_PROMPT("computedPrompt", Figure.COMPUTED_PROMPT_TOKENS),
    EXTERNAL_CACHE("externalCache", Figure.EXTERNAL_QUERY_TOKENS),
    HOST_TIER("hostTier", Figure.HOST_TOKENS, Figure.HOST_USAGE),
    PREEMPTIONS("preemptions", Figure.PREEMPTIONS),
    EVICTIONS("evictions", Figure.EVICTED_TOKENS, Figure.SAMPLED_EVICTIONS),
    PROGRESS("progress", Figure.PROGRESS),
    SLEEP("sleep", Figure.AWAKE);

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // the list is, though its type does not say so
    private final List<Figure> figures;

    Capability(String label, Figure... figures) {
        this.label = label;
        this.figures = List.of(figures);
    }

    String label() {
        return label;
    }

    boolean isToldBy(PageFigures page) {
        return figures.stream().anyMatch(page::tells);
    }
}
