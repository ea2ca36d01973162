package dev.sluice.engine;

import dev.sluice.control.EngineSample;

/**
 * One pool of the engine: that of a data-parallel rank, or the only one. What is not told is {@code NaN}, a size
 * {@link EngineSample#UNKNOWN}.
 *
 * @param id the rank; empty if there is only one
 * @param tokens its capacity
 * @param kvUsageRatio 0..1: the share that running requests pin
 * @param runningRequests in its batch
 * @param waitingRequests in its queue
 */
public record EnginePool(String id, long tokens, double kvUsageRatio, double runningRequests, double waitingRequests) {

    static EnginePool of(PageFigures page, String id) {
        return new EnginePool(
                id, tokens(page, id), usage(page, id), page.of(Figure.RUNNING, id), page.of(Figure.WAITING, id));
    }

    /** As told; else blocks by their size; else what is pinned, cached and free; else what is held over its share. */
    static long tokens(PageFigures page, String id) {
        double told = page.of(Figure.POOL_TOKENS, id);
        double blocks = page.of(Figure.POOL_BLOCKS, id) * page.of(Figure.BLOCK_TOKENS, id);
        double parts = page.of(Figure.PINNED_TOKENS, id)
                + page.of(Figure.EVICTABLE_TOKENS, id)
                + page.of(Figure.FREE_TOKENS, id);
        double held = page.of(Figure.CACHE_FILL_TOKENS, id) / page.of(Figure.CACHE_FILL, id);
        for (double tokens : new double[] {told, blocks, parts, held}) {
            if (tokens >= 1 && tokens <= Long.MAX_VALUE) {
                return Math.round(tokens);
            }
        }
        return EngineSample.UNKNOWN;
    }

    private static double usage(PageFigures page, String id) {
        double told = page.of(Figure.KV_USAGE, id);
        double blocks = page.of(Figure.PINNED_BLOCKS, id) / page.of(Figure.POOL_BLOCKS, id);
        return Double.isNaN(told) && blocks >= 0 && blocks <= 1 ? blocks : told;
    }
}
