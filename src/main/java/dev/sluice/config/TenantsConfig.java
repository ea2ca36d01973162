package dev.sluice.config;

import java.util.Map;

/**
 * How tenants share the engine.
 *
 * @param weights by tenant, 0.01..1000: the shares of the pool go by these while steps of several tenants wait
 */
public record TenantsConfig(Map<String, Double> weights) {

    public static final TenantsConfig DEFAULT = new TenantsConfig(Map.of());

    public TenantsConfig {
        weights = Map.copyOf(weights);
    }

    /** That of a tenant without an entry is 1. */
    public double weight(String tenant) {
        return weights.getOrDefault(tenant, 1.0);
    }
}
