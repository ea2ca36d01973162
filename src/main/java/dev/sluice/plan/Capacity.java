package dev.sluice.plan;

/**
 * What fits. Immutable.
 *
 * @param poolBytes for the cache, on all GPUs together
 * @param agentTokens the context that was asked for
 * @param agentBytes what it takes
 * @param poolTokens tokens that the pool holds in contexts of that length
 * @param agents of that length that fit
 * @param governedAgents of these, as many as Sluice lets live
 * @param offloadAgents further ones whose prefix the second tier holds
 * @param contextCeilingTokens longest context of one agent alone: the model's or the pool's, whichever is less
 * @param isModelCeiling whether the ceiling is the model's
 */
public record Capacity(
        double poolBytes,
        long agentTokens,
        double agentBytes,
        long poolTokens,
        long agents,
        long governedAgents,
        long offloadAgents,
        long contextCeilingTokens,
        boolean isModelCeiling) {}
