package dev.sluice.admission;

import org.jspecify.annotations.Nullable;

/**
 * A resident agent came back: what the cache was expected to return and did not is our exact "packet loss".
 *
 * @param expectedTokens tokens of its context that were counted as held
 * @param lostTokens of these, recomputed by the engine
 * @param broken what in the prompt had changed: then that is the reason, and it says nothing of the cache; null if nothing had
 */
public record CacheReturn(
        long expectedTokens, long lostTokens, @Nullable PrefixBreak broken) {

    /** Of a prompt that goes on with its agent's last one. */
    public CacheReturn(long expectedTokens, long lostTokens) {
        this(expectedTokens, lostTokens, null);
    }
}
