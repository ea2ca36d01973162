package dev.sluice.engine;

import dev.sluice.control.EngineSample;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * vLLM, from 0.4 on. Each data-parallel rank has its own series, told apart by the label {@code engine}: requests,
 * counters and pools are added up, of usages the mean is taken.
 *
 * <p>Families changed their names over the versions, and for some versions the page shows the old and the new name at
 * once; so of each family the first spelling that has a value counts, alone. Under Ray Serve the colon is an underscore.
 *
 * <p>Two things that the page does not tell: in 0.8 the prefix-cache counters count <em>blocks</em>, so that only their
 * quotient can be used; and {@code num_gpu_blocks × block_size}, which stands in where {@code kv_cache_size_tokens} is
 * missing (before 0.24), is too large for hybrid models.
 */
final class VllmDialect implements EngineDialect {

    private static final List<String> PREFIXES = List.of("vllm:", "ray_vllm_");

    private static final List<String> KV_USAGE = spellings("kv_cache_usage_perc", "gpu_cache_usage_perc");
    private static final List<String> RUNNING = spellings("num_requests_running");
    private static final List<String> WAITING = spellings("num_requests_waiting");
    private static final List<String> PREFIX_QUERIES = spellings(
            "prefix_cache_queries_total",
            "prefix_cache_queries",
            "gpu_prefix_cache_queries_total",
            "gpu_prefix_cache_queries");
    private static final List<String> PREFIX_HITS = spellings(
            "prefix_cache_hits_total", "prefix_cache_hits", "gpu_prefix_cache_hits_total", "gpu_prefix_cache_hits");
    private static final List<String> PROMPT_TOKENS = spellings("prompt_tokens_total", "prompt_tokens");
    private static final List<String> GENERATION_TOKENS = spellings("generation_tokens_total", "generation_tokens");
    private static final List<String> PREEMPTIONS = spellings("num_preemptions_total", "num_preemptions");
    private static final List<String> POOL = spellings("cache_config_info");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,15}(\\.\\d{1,15})?");

    @Override
    public String kind() {
        return "vllm";
    }

    @Override
    public Translator translator() {
        return new Page();
    }

    /** In order of preference. */
    private static List<String> spellings(String... names) {
        return PREFIXES.stream()
                .flatMap(prefix -> Stream.of(names).map(name -> prefix + name))
                .toList();
    }

    private static double ratio(Series series) {
        double value = series.value();
        return value >= 0 && value <= 1 ? value : Double.NaN;
    }

    private static double amount(Series series) {
        double value = series.value();
        return value >= 0 && value < Double.POSITIVE_INFINITY ? value : Double.NaN;
    }

    private static double poolTokens(Series series) {
        double told = number(series, "kv_cache_size_tokens");
        double tokens = told > 0 ? told : number(series, "num_gpu_blocks") * number(series, "block_size");
        return tokens > 0 ? tokens : Double.NaN;
    }

    /** A label that is a number; {@code NaN} where the page says {@code None} or another word. */
    private static double number(Series series, String label) {
        return series.label(label)
                .filter(text -> NUMBER.matcher(text).matches())
                .map(Double::parseDouble)
                .orElse(Double.NaN);
    }

    private static final class Page implements Translator {

        private final Family kvUsage = new Family(VllmDialect::ratio, KV_USAGE);
        private final Family running = new Family(VllmDialect::amount, RUNNING);
        private final Family waiting = new Family(VllmDialect::amount, WAITING);
        private final Family prefixQueries = new Family(VllmDialect::amount, PREFIX_QUERIES);
        private final Family prefixHits = new Family(VllmDialect::amount, PREFIX_HITS);
        private final Family promptTokens = new Family(VllmDialect::amount, PROMPT_TOKENS);
        private final Family generationTokens = new Family(VllmDialect::amount, GENERATION_TOKENS);
        private final Family preemptions = new Family(VllmDialect::amount, PREEMPTIONS);
        private final Family pool = new Family(VllmDialect::poolTokens, POOL);

        private final List<Family> families = List.of(
                kvUsage,
                running,
                waiting,
                prefixQueries,
                prefixHits,
                promptTokens,
                generationTokens,
                preemptions,
                pool);
        private final Set<String> engines = new HashSet<>();
        private boolean recognized;

        @Override
        public void accept(Series series) {
            if (PREFIXES.stream().noneMatch(series::nameStartsWith)) {
                return;
            }
            for (Family family : families) {
                if (family.takes(series)) {
                    recognized = true;
                    series.label("engine").ifPresent(engines::add);
                    return;
                }
            }
        }

        @Override
        public Optional<EngineSample> sample(long takenAtNanos) {
            if (!recognized) {
                return Optional.empty();
            }
            long poolTokens = pool.total();
            return Optional.of(new EngineSample(
                    takenAtNanos,
                    poolTokens,
                    poolTokens == EngineSample.UNKNOWN ? "" : "cache_config_info",
                    kvUsage.mean(),
                    running.sum(),
                    waiting.sum(),
                    prefixQueries.total(),
                    prefixHits.total(),
                    promptTokens.total(),
                    generationTokens.total(),
                    preemptions.total(),
                    Math.max(1, engines.size())));
        }
    }

    /** One family on one page: what the series of each of its spellings add up to. */
    private static final class Family {

        private final ToDoubleFunction<Series> measure;
        private final List<String> spellings;
        private final double[] sums;
        private final int[] counts;

        /** @param measure the worth of one series; {@code NaN} for none */
        Family(ToDoubleFunction<Series> measure, List<String> spellings) {
            this.measure = measure;
            this.spellings = spellings;
            this.sums = new double[spellings.size()];
            this.counts = new int[spellings.size()];
        }

        /** Whether {@code series} is of this family; then it is counted, if it has a value. */
        boolean takes(Series series) {
            for (int i = 0; i < sums.length; i++) {
                if (series.isNamed(spellings.get(i))) {
                    double value = measure.applyAsDouble(series);
                    if (!Double.isNaN(value)) {
                        sums[i] += value;
                        counts[i]++;
                    }
                    return true;
                }
            }
            return false;
        }

        /** {@code NaN} if no series had a value. */
        double sum() {
            return counts[preferred()] > 0 ? sums[preferred()] : Double.NaN;
        }

        /** {@code NaN} if no series had a value. */
        double mean() {
            return sums[preferred()] / counts[preferred()];
        }

        /** {@link EngineSample#UNKNOWN} if no series had a value. */
        long total() {
            return counts[preferred()] > 0 ? (long) sum() : EngineSample.UNKNOWN;
        }

        /** The first spelling with a value, or just the first. */
        private int preferred() {
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] > 0) {
                    return i;
                }
            }
            return 0;
        }
    }
}
