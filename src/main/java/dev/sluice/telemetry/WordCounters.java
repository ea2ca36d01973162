package dev.sluice.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counters of one family, by a word that comes from a set that is small but not an enum of ours. Beyond a bound, further
 * words are counted as {@code other}. Thread-safe; concurrent newcomers may pass the bound by a few.
 */
final class WordCounters {

    private static final int MAX_WORDS = 32;

    private final MeterRegistry registry;
    private final String name;
    private final String label;
    private final String description;
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();

    WordCounters(MeterRegistry registry, String name, String label, String description) {
        this.registry = registry;
        this.name = name;
        this.label = label;
        this.description = description;
        counter("other");
    }

    void count(String word) {
        boolean hasPlace = counters.containsKey(word) || counters.size() < MAX_WORDS;
        counter(hasPlace ? word : "other").increment();
    }

    private Counter counter(String word) {
        return counters.computeIfAbsent(
                word,
                key -> Counter.builder(name)
                        .description(description)
                        .tag(label, key)
                        .register(registry));
    }
}
