package dev.sluice.config;

/**
 * The engine's KV capacity.
 *
 * @param tokens capacity in tokens; 0 reads it from the engine's metrics
 */
public record PoolConfig(long tokens) {

    public static final PoolConfig DEFAULT = new PoolConfig(0);
}
