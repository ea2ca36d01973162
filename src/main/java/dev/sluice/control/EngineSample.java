package dev.sluice.control;

import java.util.function.Function;

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
 * @param ranks number of data-parallel ranks seen, at least 1
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
        int ranks)
        implements EngineSignal {

    /** A counter or size that the page does not carry. */
    public static final long UNKNOWN = -1;

    @Override
    public <T> T match(Function<EngineSample, T> onSample, Function<EngineSilence, T> onSilence) {
        return onSample.apply(this);
    }
}
