package dev.sluice.control;

/** Engine readings for tests. */
public final class Samples {

    private Samples() {}

    public static EngineSample sample(
            long takenAtNanos, long poolTokens, double usage, long queryTokens, long hitTokens) {
        return new EngineSample(
                takenAtNanos,
                poolTokens,
                "cache_config_info",
                usage,
                0,
                0,
                queryTokens,
                hitTokens,
                0,
                0,
                0,
                0,
                false,
                1);
    }

    /** A reading that tells the pool and how far the engine has come. */
    public static EngineSample progress(long takenAtNanos, long poolTokens, long generationTokens) {
        return new EngineSample(
                takenAtNanos,
                poolTokens,
                "cache_config_info",
                0,
                0,
                0,
                0,
                0,
                0,
                generationTokens,
                0,
                generationTokens,
                false,
                1);
    }
}
