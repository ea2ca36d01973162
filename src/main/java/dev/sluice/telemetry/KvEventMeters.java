package dev.sluice.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What the engine's cache told of itself by its events. Thread-safe. */
final class KvEventMeters {

    private final Counter storedTokens;
    private final Counter evictedTokens;
    private final Counter tierTokens;
    private final Counter cleared;
    private final Counter missed;
    private final Counter unreadable;

    KvEventMeters(MeterRegistry registry) {
        storedTokens =
                counter(registry, "sluice.engine.stored.tokens", "Tokens that entered the engine's prefix cache");
        evictedTokens = counter(registry, "sluice.engine.evicted.tokens", "Tokens that the engine's cache let go");
        tierTokens = counter(registry, "sluice.engine.tier.evicted.tokens", "Tokens that tiers behind it let go");
        cleared = counter(registry, "sluice.engine.cache.clearings", "Times that the engine emptied its cache");
        missed = counter(registry, "sluice.kv.events.missed", "Batches of KV events that did not come");
        unreadable = counter(registry, "sluice.kv.events.unreadable", "Batches of KV events that could not be read");
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    void onStored(long tokens) {
        storedTokens.increment(tokens);
    }

    void onRemoved(long tokens, boolean fromGpu) {
        (fromGpu ? evictedTokens : tierTokens).increment(tokens);
    }

    void onCleared() {
        cleared.increment();
    }

    void onMissed(long batches) {
        missed.increment(batches);
    }

    void onUnreadable() {
        unreadable.increment();
    }
}
