package dev.sluice.emulator;

/** One iteration of the engine while it is being filled: what room is left in it, and what it will cost. */
final class Iteration {

    private final Preset preset;
    private int tokens;
    private long attendedTokens; // by prefill tokens, summed over them
    private long decodingContextTokens;

    Iteration(Preset preset) {
        this.preset = preset;
    }

    int roomTokens() {
        return preset.tokensPerStep() - tokens;
    }

    /** Each new token attends to the context and to those new ones that come before it. */
    void addPrefill(int newTokens, int contextTokens) {
        tokens += newTokens;
        attendedTokens += (long) newTokens * contextTokens + (long) newTokens * (newTokens - 1) / 2;
    }

    void addDecode(int contextTokens) {
        tokens++;
        decodingContextTokens += contextTokens;
    }

    long durationNanos() {
        return Math.round(preset.baseNanos()
                + Math.max(preset.weightsNanos(), preset.computeNanosPerToken() * tokens)
                + preset.attentionNanosPerTokenContext() * attendedTokens
                + preset.kvNanosPerToken() * decodingContextTokens);
    }
}
