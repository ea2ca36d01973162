package dev.sluice.admission;

/**
 * A resident agent came back: what the cache was expected to return and did not is our exact "packet loss".
 *
 * @param expectedTokens tokens of its context that were counted as held
 * @param lostTokens of these, recomputed by the engine
 */
public record CacheReturn(long expectedTokens, long lostTokens) {}
