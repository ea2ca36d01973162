package dev.sluice.config;

import java.time.Duration;
import java.util.Map;

/**
 * Who shares the engine, and how.
 *
 * @param keysFile a file of tenants with the hashes of their API keys; empty for none: then nobody needs a key
 * @param fromCertificate whether the common name of a client's certificate is its tenant
 * @param weights by tenant, 0.01..1000: the shares of the pool go by these while steps of several tenants wait
 * @param tokenBudgets by tenant: tokens that the engine may compute for it within a window; a tenant without an entry has
 *     no bound
 * @param budgetWindow length of that window
 */
public record TenantsConfig(
        String keysFile,
        boolean fromCertificate,
        Map<String, Double> weights,
        Map<String, Long> tokenBudgets,
        Duration budgetWindow) {

    public static final TenantsConfig DEFAULT = new TenantsConfig("", false, Map.of(), Map.of(), Duration.ofHours(1));

    public TenantsConfig {
        weights = Map.copyOf(weights);
        tokenBudgets = Map.copyOf(tokenBudgets);
    }

    TenantsConfig withFixedOf(TenantsConfig start) {
        return new TenantsConfig(keysFile, start.fromCertificate, weights, tokenBudgets, budgetWindow);
    }

    /** That of a tenant without an entry is 1. */
    public double weight(String tenant) {
        return weights.getOrDefault(tenant, 1.0);
    }
}
