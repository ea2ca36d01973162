package dev.sluice.engine;

/** What a number on an engine's page means, whatever the engine calls it. */
enum Figure {
    /** KV capacity. */
    POOL_TOKENS("poolTokens", Kind.AMOUNT),
    POOL_BLOCKS("poolBlocks", Kind.AMOUNT),
    /** Tokens in a block. */
    BLOCK_TOKENS("blockTokens", Kind.LEVEL),
    /** Blocks that running requests pin. */
    PINNED_BLOCKS("pinnedBlocks", Kind.AMOUNT),
    /** Tokens that running requests pin. */
    PINNED_TOKENS("pinnedTokens", Kind.AMOUNT),
    /** Tokens of room that holds nothing. */
    FREE_TOKENS("freeTokens", Kind.AMOUNT),
    /** Tokens of cached prefixes that nobody pins: what waits for its agent to come back. */
    EVICTABLE_TOKENS("evictableTokens", Kind.AMOUNT),
    /** Share of the pool that <em>running</em> requests pin. */
    KV_USAGE("kvUsage", Kind.RATIO),
    /** Share of the pool that holds anything, cached prefixes included. Healthy when full: never to be taken for usage. */
    CACHE_FILL("cacheFill", Kind.RATIO),
    /** Tokens that the cache holds, cached prefixes included. */
    CACHE_FILL_TOKENS("cacheFillTokens", Kind.AMOUNT),
    RUNNING("running", Kind.AMOUNT),
    WAITING("waiting", Kind.AMOUNT),
    /** Of those that wait, the ones that wait for room, not for an adapter or a transfer. */
    WAITING_FOR_CAPACITY("waitingForCapacity", Kind.AMOUNT),
    /** Counter: prompt tokens looked up in the prefix cache. */
    PREFIX_QUERY_TOKENS("prefixQueryTokens", Kind.AMOUNT),
    /** Counter: of these, found. */
    PREFIX_HIT_TOKENS("prefixHitTokens", Kind.AMOUNT),
    PREFIX_HIT_BLOCKS("prefixHitBlocks", Kind.AMOUNT),
    PREFIX_MISS_BLOCKS("prefixMissBlocks", Kind.AMOUNT),
    /** Counter: prompt tokens looked up in a cache outside the pool: host memory, another engine. */
    EXTERNAL_QUERY_TOKENS("externalQueryTokens", Kind.AMOUNT),
    EXTERNAL_HIT_TOKENS("externalHitTokens", Kind.AMOUNT),
    PROMPT_TOKENS("promptTokens", Kind.AMOUNT),
    /** Counter: prompt tokens that were computed, not found. */
    COMPUTED_PROMPT_TOKENS("computedPromptTokens", Kind.AMOUNT),
    GENERATION_TOKENS("generationTokens", Kind.AMOUNT),
    /** Counter: running requests put back by the engine; SGLang says retracted. */
    PREEMPTIONS("preemptions", Kind.AMOUNT),
    EVICTED_TOKENS("evictedTokens", Kind.AMOUNT),
    /** Counter that moves with the engine's iterations, whatever it counts: it stands still when the engine does. */
    PROGRESS("progress", Kind.AMOUNT),
    /** Counter: blocks whose end was sampled, and the seconds for which they had lain unused. */
    SAMPLED_EVICTIONS("sampledEvictions", Kind.AMOUNT),
    IDLE_BEFORE_EVICT_SECONDS("idleBeforeEvictSeconds", Kind.AMOUNT),
    /** Capacity of a tier in host memory. */
    HOST_TOKENS("hostTokens", Kind.AMOUNT),
    HOST_USED_TOKENS("hostUsedTokens", Kind.AMOUNT),
    HOST_USAGE("hostUsage", Kind.RATIO),
    /** Counter: requests that the engine refused because it was full. */
    REFUSALS("refusals", Kind.AMOUNT),
    /** 1 while the engine is awake, 0 while it sleeps and its cache is given up. */
    AWAKE("awake", Kind.RATIO);

    private enum Kind {
        /** Not negative; pools and parts of a pool add up. */
        AMOUNT,
        /** Not negative; of several the mean is taken. */
        LEVEL,
        /** 0..1; of several the mean is taken. */
        RATIO
    }

    private final String label;
    private final Kind kind;

    Figure(String label, Kind kind) {
        this.label = label;
        this.kind = kind;
    }

    /** As in {@code /state}. */
    String label() {
        return label;
    }

    /** Whether several add up; otherwise their mean is taken. */
    boolean isSum() {
        return kind == Kind.AMOUNT;
    }

    /** {@code value}, or {@code NaN} if it cannot be meant. */
    double checked(double value) {
        double most = kind == Kind.RATIO ? 1 : Double.MAX_VALUE;
        return value >= 0 && value <= most ? value : Double.NaN;
    }
}
