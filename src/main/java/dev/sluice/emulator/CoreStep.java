package dev.sluice.emulator;

import java.util.List;

/**
 * What one iteration of the engine did. Everything in it becomes visible when the iteration ends.
 *
 * @param durationNanos how long it takes, in the engine's time
 * @param tokens sequences that produced a token in it
 */
public record CoreStep(long durationNanos, List<Token> tokens) {

    /**
     * One sequence produced one token.
     *
     * @param id the sequence
     * @param generated tokens generated so far, from 1
     * @param cachedTokens of the prompt, found in the prefix cache at first admission
     * @param finished whether this was its last; its blocks are free (and cached) now
     */
    public record Token(long id, int generated, int cachedTokens, boolean finished) {}
}
