package dev.sluice.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSignal;
import dev.sluice.control.EngineSilence;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What one metrics page said.
 *
 * @param dialect of the engine that wrote it; null if the signal is a silence
 * @param figures all that it tells; null if the signal is a silence
 * @param signal what it says of the engine
 * @param unreadableLines lines that were passed over
 * @param silence why the signal is a silence; null if it is a sample
 */
record PageReading(
        @Nullable Dialect dialect,
        @Nullable PageFigures figures,
        EngineSignal signal,
        int unreadableLines,
        @Nullable SilenceCause silence) {

    /**
     * Reads a page: text, or JSON, whose numbers become lines of text.
     *
     * @param about further lines in front of the page
     * @param candidates dialects that the page may be in, the likeliest first
     */
    static PageReading of(String about, byte[] page, List<Dialect> candidates, long takenAtNanos) {
        byte[] text = page;
        if (NumberLines.isJson(page)) {
            String numbers = NumberLines.of(page);
            if (numbers == null || numbers.isEmpty()) {
                SilenceCause cause = numbers == null ? SilenceCause.UNREADABLE : SilenceCause.NOTHING_NEW;
                return silence(cause, takenAtNanos);
            }
            text = numbers.getBytes(US_ASCII);
        }
        List<PageFigures> each = candidates.stream()
                .map(dialect -> new PageFigures(dialect.table()))
                .toList();
        PrometheusText.read(about.getBytes(US_ASCII), series -> each.forEach(figures -> figures.accept(series)));
        PrometheusText.Lines lines =
                PrometheusText.read(text, series -> each.forEach(figures -> figures.accept(series)));
        for (int i = 0; i < each.size(); i++) {
            PageFigures figures = each.get(i);
            if (figures.recognized()) {
                return new PageReading(
                        candidates.get(i),
                        figures,
                        sample(candidates.get(i), figures, takenAtNanos),
                        lines.unreadable(),
                        null);
            }
        }
        SilenceCause cause = lines.series() > 0 ? SilenceCause.NO_DIALECT : SilenceCause.UNREADABLE;
        return new PageReading(null, null, new EngineSilence(takenAtNanos, cause.label()), lines.unreadable(), cause);
    }

    /** No page. */
    static PageReading silence(SilenceCause cause, long takenAtNanos) {
        return new PageReading(null, null, new EngineSilence(takenAtNanos, cause.label()), 0, cause);
    }

    private static EngineSample sample(Dialect dialect, PageFigures page, long takenAtNanos) {
        List<EnginePool> pools =
                page.pools().stream().map(id -> EnginePool.of(page, id)).toList();
        long poolTokens = poolTokens(page, pools);
        return new EngineSample(
                takenAtNanos,
                poolTokens,
                poolTokens == EngineSample.UNKNOWN ? "" : poolSource(page),
                pools.stream()
                        .mapToDouble(EnginePool::kvUsageRatio)
                        .filter(usage -> usage >= 0)
                        .average()
                        .orElse(Double.NaN),
                page.of(Figure.RUNNING),
                page.of(Figure.WAITING),
                prefixQueries(page),
                prefixHits(page),
                count(page.of(Figure.PROMPT_TOKENS)),
                count(page.of(Figure.GENERATION_TOKENS)),
                count(page.of(Figure.PREEMPTIONS)),
                count(page.of(Figure.PROGRESS)),
                page.of(Figure.AWAKE) < 1,
                dialect.traits().contains(Trait.TAKES_RANK) ? numbered(pools) : 1);
    }

    /** How many pools there are, if they are numbered from 0, so that a request can be sent to each; else 1. */
    private static int numbered(List<EnginePool> pools) {
        Set<String> ids = pools.stream().map(EnginePool::id).collect(Collectors.toSet());
        boolean isNumbered = IntStream.range(0, ids.size()).allMatch(rank -> ids.contains(Integer.toString(rank)));
        return isNumbered ? ids.size() : 1;
    }

    /** All pools together. What is told without a rank is told of all of them. */
    private static long poolTokens(PageFigures page, List<EnginePool> pools) {
        long tokens = pools.stream()
                .mapToLong(EnginePool::tokens)
                .filter(each -> each > 0)
                .sum();
        return tokens > 0 ? tokens : EnginePool.tokens(page, "");
    }

    private static String poolSource(PageFigures page) {
        for (Figure figure : List.of(Figure.POOL_TOKENS, Figure.POOL_BLOCKS, Figure.FREE_TOKENS)) {
            if (page.of(figure) > 0) {
                return page.source(figure);
            }
        }
        return page.source(Figure.CACHE_FILL_TOKENS);
    }

    private static long prefixHits(PageFigures page) {
        return page.tells(Figure.PREFIX_HIT_TOKENS)
                ? count(page.of(Figure.PREFIX_HIT_TOKENS))
                : count(page.of(Figure.PREFIX_HIT_BLOCKS) * page.of(Figure.BLOCK_TOKENS));
    }

    /** As told; else hits and misses; else hits and what had to be computed. */
    private static long prefixQueries(PageFigures page) {
        if (page.tells(Figure.PREFIX_QUERY_TOKENS)) {
            return count(page.of(Figure.PREFIX_QUERY_TOKENS));
        }
        double blocks = page.of(Figure.PREFIX_HIT_BLOCKS) + page.of(Figure.PREFIX_MISS_BLOCKS);
        return Double.isNaN(blocks)
                ? count(page.of(Figure.PREFIX_HIT_TOKENS) + page.of(Figure.COMPUTED_PROMPT_TOKENS))
                : count(blocks * page.of(Figure.BLOCK_TOKENS));
    }

    private static long count(double value) {
        return Double.isNaN(value) ? EngineSample.UNKNOWN : (long) value;
    }
}
