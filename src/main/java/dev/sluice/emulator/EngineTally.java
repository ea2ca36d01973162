package dev.sluice.emulator;

import java.util.EnumMap;
import java.util.Map;

/** What the metrics page tells beyond the core's own counters. Confined to the engine loop. */
final class EngineTally {

    /** Upper bounds of the histogram of times to first token, as vLLM has them. */
    static final double[] BUCKET_SECONDS = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0,
        160.0, 640.0, 2560.0
    };

    private final double createdSeconds = System.currentTimeMillis() / 1e3;
    private final long[] firstTokens = new long[BUCKET_SECONDS.length + 1];
    private final Map<Answer.Stop, Long> finished = new EnumMap<>(Answer.Stop.class);
    private double firstTokenSeconds;
    private long computedTokens;
    private long cachedTokens;

    void onFirstToken(int prompt, int cached, long sinceSubmittedNanos) {
        computedTokens += prompt - cached;
        cachedTokens += cached;
        double seconds = sinceSubmittedNanos / 1e9;
        firstTokenSeconds += seconds;
        int bucket = 0;
        while (bucket < BUCKET_SECONDS.length && seconds > BUCKET_SECONDS[bucket]) {
            bucket++;
        }
        firstTokens[bucket]++;
    }

    void onFinished(Answer.Stop stop) {
        finished.merge(stop, 1L, Long::sum);
    }

    /** When counting began, since 1970. */
    double createdSeconds() {
        return createdSeconds;
    }

    /** Of prompts whose first token came; without recomputation. */
    long computedTokens() {
        return computedTokens;
    }

    long cachedTokens() {
        return cachedTokens;
    }

    long finished(Answer.Stop stop) {
        return finished.getOrDefault(stop, 0L);
    }

    double firstTokenSeconds() {
        return firstTokenSeconds;
    }

    /** Observations at most as long as that bucket's bound; the one after the last bucket has them all. */
    long firstTokensWithin(int bucket) {
        long count = 0;
        for (int i = 0; i <= bucket; i++) {
            count += firstTokens[i];
        }
        return count;
    }
}
