package dev.sluice.admission;

import dev.sluice.config.TenantsConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How much of the pool each tenant's agents hold, and so whose turn it is where steps of several tenants wait for room: that of the
 * tenant that would have the least for its weight with one step of mean size more. A turn by what is held already favours the light
 * tenant, by half of an agent on average; an agent's footprint when it comes in is about half of what it grows to, so this favours
 * nobody (Webster's rule for seats and votes). Who holds nothing is next. Room that one tenant does not ask for goes to the others, and nobody saves up a claim while
 * it is away (max-min fairness by weight; Demers, Keshav and Shenker 1989, of space instead of time). Confined to the gate
 * loop.
 */
final class TenantShares {

    /** Less is what rounding leaves: an agent holds a token at least. */
    private static final double LEAST_TOKENS = 0.5;

    private final Supplier<TenantsConfig> config;
    private final Map<String, Double> heldTokens = new HashMap<>();

    TenantShares(Supplier<TenantsConfig> config) {
        this.config = config;
    }

    /** A tenant's agents hold more of the pool by so many tokens, or less. */
    void change(String tenant, double tokens) {
        double held = heldTokens.getOrDefault(tenant, 0.0) + tokens;
        if (held < LEAST_TOKENS) {
            heldTokens.remove(tenant);
        } else {
            heldTokens.put(tenant, held);
        }
    }

    /** Tokens that the tenant would hold with so many more, for its weight; 0 if it holds nothing, so that a small weight waits for no more than its turn. */
    double share(String tenant, double moreTokens) {
        Double held = heldTokens.get(tenant);
        return held == null ? 0 : (held + moreTokens) / config.get().weight(tenant);
    }
}
