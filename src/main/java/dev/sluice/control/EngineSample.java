package dev.sluice.control;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One reading of the engine's metrics page, already translated from the engine's dialect. Gauges that the page does not
 * carry are {@code NaN}; counters that it does not carry are {@link #UNKNOWN}.
 *
 * @param takenAtNanos when the reading arrived
 * @param poolTokens KV capacity in tokens, all data-parallel ranks together; {@link #UNKNOWN} if not told
 * @param poolSource the family that told the capacity, for people: {@code cache_config_info}, or empty
 * @param kvUsageRatio 0..1: the share of the pool that <em>running</em> requests pin. Not pressure: idle agents' cached
 *     prefixes count as free. With several ranks, their mean
 * @param runningRequests requests in the model's batch, all ranks
 * @param waitingRequests requests in the engine's own queue, all ranks
 * @param prefixQueryTokens counter: prompt tokens looked up in the prefix cache
 * @param prefixHitTokens counter: of these, found
 * @param promptTokens counter: prompt tokens processed
 * @param generationTokens counter: tokens generated; the best sign of progress
 * @param preemptions counter: running requests put back by the engine
 * @param progress counter, whatever it counts, that moves while the engine works; {@link #UNKNOWN} too where the page tells
 *     only of requests that have ended
 * @param asleep whether the engine was put to sleep and gave up its cache
 * @param ranks number of data-parallel ranks that a request can be sent to, at least 1
 */
public record EngineSample(
        long takenAtNanos,
        long poolTokens,
        String poolSource,
        double kvUsageRatio,
        double runningRequests,
        double waitingRequests,
        long prefixQueryTokens,
        long prefixHitTokens,
        long promptTokens,
        long generationTokens,
        long preemptions,
        long progress,
        boolean asleep,
        int ranks)
        implements EngineSignal {

    /** A counter or size that the page does not carry. */
    public static final long UNKNOWN = -1;

    /**
     * Share of looked-up prompt tokens that were found cached since an earlier reading.
     *
     * @return 0..1, or {@code NaN} if either reading lacks the counters, nothing was looked up, or the engine was
     *     restarted in between
     */
    public double hitRatioSince(EngineSample earlier) {
        long queries = prefixQueryTokens - earlier.prefixQueryTokens;
        long hits = prefixHitTokens - earlier.prefixHitTokens;
        boolean told = earlier.prefixQueryTokens >= 0 && prefixHitTokens >= 0 && earlier.prefixHitTokens >= 0;
        return told && queries > 0 && hits >= 0 ? Math.min(1.0, (double) hits / queries) : Double.NaN;
    }

    /**
     * Whether the engine lost its cache since an earlier reading: a counter fell, so it was restarted, or it was put to sleep.
     */
    public boolean isCacheLostSince(EngineSample earlier) {
        return fell(earlier.generationTokens, generationTokens)
                || fell(earlier.promptTokens, promptTokens)
                || fell(earlier.progress, progress)
                || (asleep && !earlier.asleep);
    }

    /** The same, where a later reading brought nothing new. */
    public EngineSample again(long takenAgainNanos) {
        return new EngineSample(
                takenAgainNanos,
                poolTokens,
                poolSource,
                kvUsageRatio,
                runningRequests,
                waitingRequests,
                prefixQueryTokens,
                prefixHitTokens,
                promptTokens,
                generationTokens,
                preemptions,
                progress,
                asleep,
                ranks);
    }

    private static boolean fell(long before, long now) {
        return now >= 0 && now < before;
    }

    @Override
    public <T extends @Nullable Object> T match(
            Function<EngineSample, T> onSample, Function<EngineSilence, T> onSilence) {
        return onSample.apply(this);
    }
}
