package dev.sluice.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What helps or prevents congestion control in how an engine was started: one finding for each thing that matters, with the flag that
 * changes it. It judges what the engine tells, and what it did with a prompt that it was sent twice.
 */
public final class EngineAudit {

    /** With fewer agents at their longest context than this, one of them decides for all. */
    private static final int LEAST_LONGEST_AGENTS = 4;

    /** Agents that come back before their prefix is gone are well above it. */
    private static final double LOW_HIT_RATIO = 0.5;

    private final EngineFacts facts;
    private final AuditEvidence evidence;
    private final EngineFlags flags;

    private EngineAudit(EngineFacts facts, AuditEvidence evidence) {
        this.facts = facts;
        this.evidence = evidence;
        this.flags = EngineFlags.of(facts.kind());
    }

    public static List<Finding> of(EngineFacts facts, AuditEvidence evidence) {
        EngineAudit audit = new EngineAudit(facts, evidence);
        List<Finding> findings = new ArrayList<>();
        findings.add(audit.engine());
        findings.add(audit.pool());
        findings.add(audit.prefixCache());
        findings.add(audit.usage());
        findings.add(audit.kvType());
        findings.add(audit.context());
        findings.add(audit.offload());
        findings.add(audit.queue());
        findings.add(audit.evictions());
        findings.add(audit.pressure());
        if (facts.pools().size() > 1) {
            findings.add(audit.ranks());
        }
        return findings;
    }

    private Finding engine() {
        String topic = "engine";
        if (facts.kind().isEmpty() || facts.kind().equals("other")) {
            return Finding.bad(
                    topic, "not known: it shows no metrics that Sluice can read", "engine.kind, pool.tokens");
        }
        if (figure(Figure.AWAKE) == 0) {
            return Finding.bad(topic, facts.kind() + " sleeps: its cache is given up", "");
        }
        return Finding.good(topic, (facts.kind() + " " + facts.version()).strip());
    }

    private Finding pool() {
        String topic = "pool";
        long tokens = poolTokens();
        if (tokens > 0) {
            return Finding.good(topic, count(tokens) + " tokens, as its metrics tell");
        }
        return Finding.bad(
                topic,
                "its size is not told: nothing can be held back by size",
                flags.metrics().isEmpty() ? "pool.tokens" : flags.metrics() + "; or pool.tokens");
    }

    private Finding prefixCache() {
        String topic = "prefix cache";
        if (evidence.isOff("enable_prefix_caching") || evidence.isOn("disable_radix_cache")) {
            return Finding.bad(
                    topic, "off: every step is computed anew, there is nothing to protect", flags.prefixCache());
        }
        AuditEvidence.Reuse reuse = evidence.reuse();
        if (reuse.cachedTokens() > 0) {
            return Finding.good(
                    topic,
                    "on: of a prompt sent twice, " + count(reuse.cachedTokens()) + " of " + count(reuse.promptTokens())
                            + " tokens were found");
        }
        if (evidence.isOn("enable_prefix_caching") || evidence.isOff("disable_radix_cache")) {
            return Finding.good(topic, "on");
        }
        if (reuse.cachedTokens() == 0) {
            return Finding.bad(topic, "a prompt sent twice was computed twice", flags.prefixCache());
        }
        return figure(Figure.PREFIX_HIT_TOKENS) > 0 || figure(Figure.PREFIX_HIT_BLOCKS) > 0
                ? Finding.good(topic, "on: it counts hits")
                : Finding.unknown(topic, "not told", flags.prefixCache());
    }

    private Finding usage() {
        String topic = "cached tokens";
        AuditEvidence.Reuse reuse = evidence.reuse();
        if (reuse.cachedTokens() >= 0 || evidence.isOn("enable_cache_report")) {
            return Finding.good(topic, "told in the usage of answers");
        }
        if (reuse.isAsked() || evidence.isOff("enable_cache_report")) {
            return Finding.bad(
                    topic, "not told in the usage of answers: Sluice does not see what is lost", flags.usage());
        }
        return Finding.unknown(topic, "whether answers tell them shows only when a prompt is sent", flags.usage());
    }

    private Finding kvType() {
        String topic = "KV dtype";
        String type = evidence.text(evidence.settings().containsKey("cache_dtype") ? "cache_dtype" : "kv_cache_dtype");
        if (type.isEmpty()) {
            return Finding.unknown(topic, "not told; 8 bits hold twice as many tokens as 16", flags.smallKv());
        }
        boolean isSmall = type.contains("8") || type.contains("4");
        return isSmall
                ? Finding.good(topic, type)
                : Finding.better(
                        topic, type + ": 8 bits hold twice as many tokens; try your answers' quality", flags.smallKv());
    }

    private Finding context() {
        String topic = "context";
        long longest = facts.maxModelTokens();
        if (longest == 0) {
            return Finding.unknown(topic, "the longest is not told", flags.context());
        }
        if (poolTokens() <= 0) {
            return Finding.unknown(topic, count(longest) + " tokens at most; of what pool is not known", "");
        }
        long agents = poolTokens() / longest;
        String text = count(longest) + " tokens at most: "
                + (agents == 1
                        ? "one agent of that length fills the pool"
                        : agents + " agents of that length fill the pool");
        return agents >= LEAST_LONGEST_AGENTS
                ? Finding.good(topic, text)
                : Finding.better(topic, text + ", so that few hold back many", flags.context());
    }

    private Finding offload() {
        String topic = "second tier";
        boolean isOn = capability(Capability.HOST_TIER)
                || evidence.isOn("enable_hierarchical_cache")
                || !evidence.text("kv_offloading_size").isEmpty()
                || figure(Figure.EXTERNAL_QUERY_TOKENS) > 0;
        return isOn
                ? Finding.good(topic, "prefixes that leave the pool can come back from it")
                : Finding.better(topic, "none seen: a prefix that leaves the pool is computed anew", flags.offload());
    }

    private Finding queue() {
        String topic = "queue limit";
        String bound = evidence.text("max_queued_requests");
        double refusals = figure(Figure.REFUSALS);
        if (refusals > 0) {
            return Finding.better(
                    topic,
                    "it has refused " + count(Math.round(refusals)) + " requests: Sluice waits in its place, if it may",
                    facts.kind().equals("vllm") ? "leave out --max-num-queued-reqs" : "a higher limit");
        }
        return bound.isEmpty()
                ? Finding.good(topic, "no refusal seen; Sluice's own queue is bounded")
                : Finding.better(
                        topic, bound + " requests: beyond it clients see its 503", "leave out --max-queued-requests");
    }

    private Finding evictions() {
        String topic = "evictions";
        if (capability(Capability.EVICTIONS)) {
            return Finding.good(topic, "told");
        }
        return flags.evictions().isEmpty()
                ? Finding.unknown(topic, "this engine does not tell them", "")
                : Finding.better(topic, "not told: thrash is seen from its effects only", flags.evictions());
    }

    /** What the counters say of the time since the engine was started. */
    private Finding pressure() {
        String topic = "so far";
        double queries = figure(Figure.PREFIX_QUERY_TOKENS);
        double hits = figure(Figure.PREFIX_HIT_TOKENS);
        double preemptions = figure(Figure.PREEMPTIONS);
        String put =
                preemptions > 0 ? ", " + count(Math.round(preemptions)) + " requests put back for want of room" : "";
        if (!(queries > 0) || Double.isNaN(hits)) {
            return Finding.unknown(topic, "no prompt counted yet" + put, "");
        }
        String text = String.format(
                Locale.ROOT, "hit rate %.2f of %,d prompt tokens%s", hits / queries, Math.round(queries), put);
        return hits / queries < LOW_HIT_RATIO || preemptions > 0
                ? Finding.better(topic, text + ": what Sluice is for", "")
                : Finding.good(topic, text);
    }

    private Finding ranks() {
        return Finding.better(
                "ranks",
                facts.pools().size() + " pools: an agent has to stay on its rank",
                "X-data-parallel-rank by the router, or one Sluice for each rank");
    }

    private long poolTokens() {
        return facts.pools().stream()
                .mapToLong(EnginePool::tokens)
                .filter(tokens -> tokens > 0)
                .sum();
    }

    private double figure(Figure figure) {
        return facts.figures().getOrDefault(figure.label(), Double.NaN);
    }

    private boolean capability(Capability capability) {
        return facts.capabilities().getOrDefault(capability.label(), false);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
