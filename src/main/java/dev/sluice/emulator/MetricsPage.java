package dev.sluice.emulator;

/** The metrics page in Prometheus' text format, with the names and traps of vLLM V1. Confined to the engine loop. */
final class MetricsPage {

    private final StringBuilder page = new StringBuilder(8192);
    private final CoreStats stats;
    private final EngineTally tally;
    private final Preset preset;
    private final String labels;

    private MetricsPage(CoreStats stats, EngineTally tally, Preset preset) {
        this.stats = stats;
        this.tally = tally;
        this.preset = preset;
        this.labels = "engine=\"0\",model_name=\"" + preset.model() + '"';
    }

    static String text(CoreStats stats, EngineTally tally, Preset preset) {
        MetricsPage page = new MetricsPage(stats, tally, preset);
        page.gauges();
        page.counters();
        page.firstTokens();
        page.cacheConfig();
        return page.page.toString();
    }

    private void gauges() {
        family("num_requests_running", "gauge", "Number of requests in model execution batches.");
        line("num_requests_running", "", stats.running());
        family("num_requests_waiting", "gauge", "Number of requests waiting to be processed.");
        line("num_requests_waiting", "", stats.waiting());
        family("num_requests_waiting_by_reason", "gauge", "Number of waiting requests by reason.");
        line("num_requests_waiting_by_reason", "reason=\"capacity\"", stats.waiting());
        line("num_requests_waiting_by_reason", "reason=\"deferred\"", 0);
        family("kv_cache_usage_perc", "gauge", "KV-cache usage. 1 means 100 percent usage.");
        line("kv_cache_usage_perc", "", stats.kvUsageRatio());
    }

    private void counters() {
        counter("prefix_cache_queries", "Prefix cache queries, in queried tokens.", stats.prefixQueryTokens());
        counter("prefix_cache_hits", "Prefix cache hits, in cached tokens.", stats.prefixHitTokens());
        counter("num_preemptions", "Cumulative number of preemptions.", stats.preemptions());
        counter("prompt_tokens", "Number of prefill tokens processed.", stats.promptTokens());
        counter("generation_tokens", "Number of generation tokens processed.", stats.generationTokens());
        counter("prompt_tokens_cached", "Number of cached prompt tokens.", tally.cachedTokens());

        String bySource = "prompt_tokens_by_source";
        family(bySource, "counter", "Number of prompt tokens by source.");
        labelled(bySource, "source=\"local_compute\"", tally.computedTokens());
        labelled(bySource, "source=\"local_cache_hit\"", tally.cachedTokens());
        labelled(bySource, "source=\"external_kv_transfer\"", 0);

        // vLLM counts a tool call as a stop, and aborts by a client's disconnection nowhere.
        String success = "request_success";
        family(success, "counter", "Count of successfully processed requests.");
        long stopped = tally.finished(Answer.Stop.STOP) + tally.finished(Answer.Stop.TOOL_CALLS);
        labelled(success, "finished_reason=\"stop\"", stopped);
        labelled(success, "finished_reason=\"length\"", tally.finished(Answer.Stop.LENGTH));
        labelled(success, "finished_reason=\"abort\"", 0);
        labelled(success, "finished_reason=\"error\"", 0);
    }

    private void firstTokens() {
        String name = "time_to_first_token_seconds";
        family(name, "histogram", "Histogram of time to first token in seconds.");
        int buckets = EngineTally.BUCKET_SECONDS.length;
        for (int i = 0; i < buckets; i++) {
            String bound = "le=\"" + EngineTally.BUCKET_SECONDS[i] + '"';
            line(name + "_bucket", bound, tally.firstTokensWithin(i));
        }
        line(name + "_bucket", "le=\"+Inf\"", tally.firstTokensWithin(buckets));
        line(name + "_count", "", tally.firstTokensWithin(buckets));
        line(name + "_sum", "", tally.firstTokenSeconds());
        line(name + "_created", "", tally.createdSeconds());
    }

    private void cacheConfig() {
        long blocks = preset.poolTokens() / Preset.BLOCK_TOKENS;
        family("cache_config_info", "gauge", "Information of the LLMEngine CacheConfig");
        page.append("vllm:cache_config_info{block_size=\"")
                .append(Preset.BLOCK_TOKENS)
                .append("\",cache_dtype=\"auto\",enable_prefix_caching=\"True\",engine=\"0\",")
                .append("gpu_memory_utilization=\"0.92\",kv_cache_max_concurrency=\"")
                .append((double) preset.poolTokens() / preset.maxModelTokens())
                .append("\",kv_cache_size_tokens=\"")
                .append(blocks * Preset.BLOCK_TOKENS)
                .append("\",num_cpu_blocks=\"None\",num_gpu_blocks=\"")
                .append(blocks)
                .append("\",prefix_caching_hash_algo=\"sha256\"} 1.0\n");
    }

    private void counter(String name, String help, long value) {
        family(name, "counter", help);
        labelled(name, "", value);
    }

    /** One series of a counter, and the gauge beside it that says since when it counts. */
    private void labelled(String name, String label, long value) {
        line(name + "_total", label, value);
        line(name + "_created", label, tally.createdSeconds());
    }

    private void family(String name, String type, String help) {
        String suffix = type.equals("counter") ? "_total" : "";
        page.append("# HELP vllm:").append(name).append(suffix).append(' ').append(help);
        page.append("\n# TYPE vllm:")
                .append(name)
                .append(suffix)
                .append(' ')
                .append(type)
                .append('\n');
    }

    private void line(String name, String label, double value) {
        page.append("vllm:").append(name).append('{').append(labels);
        if (!label.isEmpty()) {
            page.append(',').append(label);
        }
        page.append("} ").append(value).append('\n');
    }
}
