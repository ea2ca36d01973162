package dev.sluice.app;

import dev.sluice.engine.KvEventListener;
import dev.sluice.telemetry.Telemetry;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the engine's cache tells of itself, for {@code /state} and the meters, and passes on that it was emptied. Thread-safe. */
final class KvTally implements KvEventListener {

    private final Telemetry telemetry;
    private final Runnable whenCleared;
    private final LongAdder storedTokens = new LongAdder();
    private final LongAdder evictedBlocks = new LongAdder();
    private final LongAdder evictedTokens = new LongAdder();
    private final LongAdder missed = new LongAdder();

    /** @param whenCleared run on the stream's thread: must return at once */
    KvTally(Telemetry telemetry, Runnable whenCleared) {
        this.telemetry = telemetry;
        this.whenCleared = whenCleared;
    }

    /** The engine's figures with these, by name; the same where nothing was told. */
    Map<String, Double> beside(Map<String, Double> figures) {
        if (storedTokens.sum() + evictedBlocks.sum() + missed.sum() == 0) {
            return figures;
        }
        Map<String, Double> all = new TreeMap<>(figures);
        all.put("kvEventsStoredTokens", storedTokens.doubleValue());
        all.put("kvEventsEvictedBlocks", evictedBlocks.doubleValue());
        all.put("kvEventsEvictedTokens", evictedTokens.doubleValue());
        all.put("kvEventsMissed", missed.doubleValue());
        return all;
    }

    @Override
    public void onStored(long blocks, long tokens) {
        storedTokens.add(tokens);
        telemetry.onKvStored(tokens);
    }

    @Override
    public void onRemoved(long blocks, long tokens, boolean fromGpu) {
        if (fromGpu) {
            evictedBlocks.add(blocks);
            evictedTokens.add(tokens);
        }
        telemetry.onKvRemoved(tokens, fromGpu);
    }

    @Override
    public void onCleared() {
        telemetry.onKvCleared();
        whenCleared.run();
    }

    @Override
    public void onMissed(long batches) {
        missed.add(batches);
        telemetry.onKvMissed(batches);
    }

    @Override
    public void onUnreadable() {
        telemetry.onKvUnreadable();
    }
}
