package dev.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.EngineConfig;
import dev.sluice.config.EngineConfig.Kind;
import dev.sluice.config.SignalsConfig;
import dev.sluice.config.UpstreamAddress;
import dev.sluice.control.EngineSample;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the watch finds out whom it has before it, and what it asks for. */
final class EngineWatchDialectTest {

    private static final String VLLM = "vllm:num_requests_running{engine=\"0\"} 1.0\n";

    private final Signals signals = new Signals();
    private final Queue<AutoCloseable> opened = new ConcurrentLinkedQueue<>();
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    /** What is served, by path; anything else is a 404. */
    private final Map<String, String> pages = new ConcurrentHashMap<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void tensorRtLlmIsReadWhereNothingIsTakenAway() throws Exception {
        pages.put("/v1/models", models("tensorrt_llm", ""));
        pages.put("/metrics", "[{\"iter\": 7}]");
        pages.put("/prometheus/metrics", "trtllm_kv_cache_max_blocks 10\ntrtllm_kv_cache_tokens_per_block 32\n");

        EngineWatch watch = watch(start(), "upstream", "auto");

        assertThat(signals.nextSample().poolTokens()).isEqualTo(320);
        signals.nextSample();
        assertThat(asked).doesNotContain("/metrics");
        assertThat(watch.facts().kind()).isEqualTo("tensorrt-llm");
        assertThat(watch.facts().capabilities())
                .containsEntry("poolSize", true)
                .containsEntry("progress", false)
                .containsEntry("toldAtEndOnly", true)
                .containsEntry("refusesUnknownFields", true);
    }

    @Test
    void whoAnswersWithIterationsIsNotAskedForThemAgain() throws Exception {
        pages.put("/metrics", "[{\"iter\": 7}]");
        pages.put("/prometheus/metrics", "trtllm_num_requests_running 3\n");

        watch(start(), "upstream", "auto");
        for (int i = 0; i < 3; i++) {
            assertThat(signals.nextSample().runningRequests()).isEqualTo(3);
        }

        assertThat(asked.stream().filter("/metrics"::equals)).hasSize(1);
    }

    @Test
    void iterationsAreReadWhereTheConfigurationNamesThem() throws Exception {
        pages.put("/metrics", "[{\"iter\": 7, \"kvCacheStats\": {\"maxNumBlocks\": 2, \"tokensPerBlock\": 16}}]");

        watch(start(), "upstream", "/metrics");

        assertThat(signals.nextSample().progress()).isEqualTo(7);
        pages.put("/metrics", "[]");
        EngineSample later = signals.nextSample();
        long first = later.takenAtNanos();
        while (later.takenAtNanos() == first) {
            later = signals.nextSample();
        }
        assertThat(later.poolTokens()).isEqualTo(32);
    }

    @Test
    void sglangWithoutMetricsStillTellsItsPool() throws Exception {
        pages.put("/v1/models", models("sglang", ",\"max_model_len\":8192"));
        pages.put("/server_info", "{\"max_total_num_tokens\": 5000, \"args\": {\"x\": 1}}");

        EngineWatch watch = watch(start(), "upstream", "auto");

        assertThat(signals.nextSample().poolTokens()).isEqualTo(5_000);
        assertThat(watch.facts().kind()).isEqualTo("sglang");
        assertThat(watch.facts().maxModelTokens()).isEqualTo(8_192);
        assertThat(watch.facts().capabilities()).containsEntry("poolSize", true).containsEntry("running", false);
    }

    @Test
    void anEngineWithItsMetricsOffSaysHowToSwitchThemOn() throws Exception {
        pages.put("/v1/models", models("llamacpp", ""));

        EngineWatch watch = watch(start(), "upstream", "auto");

        assertThat(signals.nextSilence()).isEqualTo("bad_status");
        assertThat(watch.facts().kind()).isEqualTo("llama.cpp");
        assertThat(watch.facts().note()).contains("--metrics");
        assertThat(asked).doesNotContain("/prometheus/metrics");
    }

    @Test
    void anotherEngineInItsPlaceIsRecognised() throws Exception {
        pages.put("/metrics", VLLM);
        EngineWatch watch = watch(start(), "upstream", "auto");
        signals.nextSample();
        assertThat(watch.facts().kind()).isEqualTo("vllm");

        pages.put("/metrics", "sglang:num_running_reqs 2\n");

        while (!watch.facts().kind().equals("sglang")) {
            signals.nextSignal();
        }
        assertThat(signals.firstSample().runningRequests()).isPositive();
    }

    @Test
    void thePageMayBeServedElsewhere() throws Exception {
        pages.put("/v1/models", models("Triton Inference Server", ""));
        FakeEngine metrics = open(FakeEngine.onTcp((request, out) -> {
            FakeEngine.write(out, "200 OK", "nv_trt_llm_request_metrics{request_type=\"scheduled\"} 4\n");
            return true;
        }));

        EngineWatch watch = watch(start(), metrics.url(), "auto");

        assertThat(signals.nextSample().runningRequests()).isEqualTo(4);
        assertThat(watch.facts().kind()).isEqualTo("triton");
        assertThat(asked).containsExactly("/v1/models", "/version");
    }

    @Test
    void anEngineThatIsSaidToHaveNoPageIsAskedOnceWhoItIs() throws Exception {
        pages.put("/v1/models", models("me", ",\"max_model_len\":4096"));
        FakeEngine engine = start();

        EngineWatch watch = watch(engine, "upstream", "auto", Kind.OTHER);

        assertThat(signals.nextSilence()).isEqualTo("no_dialect");
        assertThat(watch.facts().kind()).isEqualTo("other");
        assertThat(watch.facts().maxModelTokens()).isEqualTo(4_096);
        assertThat(watch.facts().note()).contains("feed-forward control only").contains("pool.tokens");
        assertThat(signals.nextSilence()).isEqualTo("no_dialect");
        assertThat(asked).containsExactly("/v1/models", "/version");
        engine.close();
        assertThat(signals.nextSilence()).isEqualTo("connect_failed");
        assertThat(asked).containsExactly("/v1/models", "/version");
    }

    private static String models(String owner, String more) {
        return "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"owned_by\":\"%s\"%s}]}".formatted(owner, more);
    }

    private FakeEngine start() throws IOException {
        return open(FakeEngine.onTcp((request, out) -> {
            asked.add(request.path());
            String page = pages.get(request.path());
            FakeEngine.write(out, page == null ? "404 Not Found" : "200 OK", page == null ? "" : page);
            return true;
        }));
    }

    private FakeEngine open(FakeEngine engine) {
        opened.add(engine);
        return engine;
    }

    private EngineWatch watch(FakeEngine engine, String url, String path) throws IOException {
        return watch(engine, url, path, Kind.AUTO);
    }

    private EngineWatch watch(FakeEngine engine, String url, String path, Kind kind) throws IOException {
        SignalsConfig config = new SignalsConfig(
                url, path, Duration.ofMillis(1), Duration.ofSeconds(20), 1 << 20, Duration.ofSeconds(10));
        EngineWatch watch = new EngineWatch(
                UpstreamAddress.parse(engine.url()),
                new EngineConfig(kind, true),
                config,
                System::nanoTime,
                signals,
                Access.USUAL);
        opened.add(watch);
        watch.start();
        return watch;
    }
}
