package dev.sluice.emulator;

/**
 * The engine core's gauges and counters, named as vLLM's.
 *
 * @param running sequences in the batch
 * @param waiting sequences in its queue
 * @param kvUsageRatio 0..1: share of blocks that running sequences reference; cached, unreferenced blocks are free
 * @param prefixQueryTokens counter: prompt tokens looked up at first admission
 * @param prefixHitTokens counter: of these, found
 * @param promptTokens counter: prompt tokens of sequences whose prefill is done
 * @param computedPromptTokens counter: prompt tokens computed, recomputation after preemption included
 * @param generationTokens counter
 * @param preemptions counter
 * @param finished counter: sequences that ran to their end
 * @param aborted counter
 * @param busyNanos counter: engine time spent in iterations
 */
public record CoreStats(
        int running,
        int waiting,
        double kvUsageRatio,
        long prefixQueryTokens,
        long prefixHitTokens,
        long promptTokens,
        long computedPromptTokens,
        long generationTokens,
        long preemptions,
        long finished,
        long aborted,
        long busyNanos) {}
