package dev.sluice.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Finding.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the audit says of engines that are started well and not so well, by their pages. */
final class EngineAuditTest {

    private static final AuditEvidence.Reuse SECRETIVE = new AuditEvidence.Reuse(1000, -1);
    private static final AuditEvidence.Reuse REUSED = new AuditEvidence.Reuse(1000, 992);
    private static final AuditEvidence.Reuse RECOMPUTED = new AuditEvidence.Reuse(1000, 0);

    @Test
    void aWellStartedVllmPasses() {
        List<Finding> findings = vllm("True", "fp8", "64.0", REUSED);
        assertThat(findings).noneMatch(finding -> finding.verdict() == Verdict.BAD);
        assertThat(of(findings, "prefix cache").text()).contains("992 of 1,000");
        assertThat(of(findings, "KV dtype").verdict()).isEqualTo(Verdict.GOOD);
        assertThat(of(findings, "second tier").verdict()).isEqualTo(Verdict.GOOD);
        assertThat(of(findings, "pool").text()).startsWith("200,000 tokens");
        assertThat(of(findings, "so far").text())
                .isEqualTo(
                        "hit rate 0.25 of 4,000 prompt tokens, 3 requests put back for want of room: what Sluice is for");
    }

    @Test
    void aVllmThatTellsNoCachedTokensIsToldTheFlag() {
        Finding finding = of(vllm("True", "auto", "None", SECRETIVE), "cached tokens");
        assertThat(finding.verdict()).isEqualTo(Verdict.BAD);
        assertThat(finding.flag()).isEqualTo("--enable-prompt-tokens-details");
    }

    @Test
    void aVllmWithoutPrefixCacheHasNothingToProtect() {
        List<Finding> findings = vllm("False", "auto", "None", RECOMPUTED);
        assertThat(of(findings, "prefix cache").verdict()).isEqualTo(Verdict.BAD);
        assertThat(of(findings, "prefix cache").flag()).isEqualTo("--enable-prefix-caching");
    }

    @Test
    void whatWouldBeBetterIsNotBad() {
        List<Finding> findings = vllm("True", "auto", "None", REUSED);
        assertThat(findings).noneMatch(finding -> finding.verdict() == Verdict.BAD);
        assertThat(of(findings, "KV dtype").flag()).isEqualTo("--kv-cache-dtype fp8");
        assertThat(of(findings, "second tier").flag()).startsWith("--kv-offloading-size");
        assertThat(of(findings, "evictions").flag()).isEqualTo("--kv-cache-metrics");
        assertThat(of(findings, "context").text())
                .isEqualTo("100,000 tokens at most: 2 agents of that length fill the pool, so that few hold back many");
    }

    @Test
    void anSglangThatHidesItsMetricsIsToldTheFlags() {
        EngineFacts facts = new EngineFacts("sglang", "0.5.18", 32_768, "", Map.of(), Map.of(), List.of());
        Map<String, String> settings = AuditEvidence.settingsInJson("""
                {"disable_radix_cache": false, "enable_cache_report": false, "kv_cache_dtype": "auto",
                 "max_queued_requests": 32, "internal_states": [{"a": 1}]}""".getBytes(UTF_8));
        List<Finding> findings = EngineAudit.of(facts, new AuditEvidence(settings, AuditEvidence.Reuse.NOT_ASKED));
        assertThat(of(findings, "pool").flag()).isEqualTo("--enable-metrics; or pool.tokens");
        assertThat(of(findings, "cached tokens").flag()).isEqualTo("--enable-cache-report");
        assertThat(of(findings, "prefix cache").verdict()).isEqualTo(Verdict.GOOD);
        assertThat(of(findings, "queue limit").flag()).isEqualTo("leave out --max-queued-requests");
        assertThat(settings).doesNotContainKey("internal_states");
    }

    @Test
    void anUnknownEngineIsBad() {
        AuditEvidence nothing = new AuditEvidence(Map.of(), AuditEvidence.Reuse.NOT_ASKED);
        assertThat(of(EngineAudit.of(EngineFacts.UNKNOWN, nothing), "engine").verdict())
                .isEqualTo(Verdict.BAD);
    }

    @Test
    void ranksArePointedOut() {
        byte[] page = Pages.bytes("vllm-0.26-two-ranks.prom");
        PageReading reading = Pages.reading(page);
        EngineFacts facts = EngineFacts.of(VllmDialect.DIALECT, Introduction.NONE, "", reading.figures());
        AuditEvidence evidence = new AuditEvidence(AuditEvidence.settingsOnPage(page), REUSED);
        assertThat(of(EngineAudit.of(facts, evidence), "ranks").text()).startsWith("2 pools");
    }

    /** What the audit says of a page with these settings. */
    private static List<Finding> vllm(String prefixCache, String type, String offload, AuditEvidence.Reuse reuse) {
        byte[] page = """
                vllm:cache_config_info{block_size="16",cache_dtype="%s",enable_prefix_caching="%s",engine="0",\
                kv_cache_size_tokens="200000",kv_offloading_size="%s",num_gpu_blocks="12500"} 1.0
                vllm:num_requests_running{engine="0"} 1.0
                vllm:prefix_cache_queries_total{engine="0"} 4000.0
                vllm:prefix_cache_hits_total{engine="0"} 1000.0
                vllm:num_preemptions_total{engine="0"} 3.0
                """.formatted(type, prefixCache, offload).getBytes(UTF_8);
        PageReading reading = Pages.reading(page);
        Introduction engine = new Introduction("vllm", "0.32.0", 100_000, "");
        EngineFacts facts = EngineFacts.of(VllmDialect.DIALECT, engine, "", reading.figures());
        return EngineAudit.of(facts, new AuditEvidence(AuditEvidence.settingsOnPage(page), reuse));
    }

    private static Finding of(List<Finding> findings, String topic) {
        return findings.stream()
                .filter(finding -> finding.topic().equals(topic))
                .findFirst()
                .orElseThrow(() -> new AssertionError(topic));
    }
}
