package dev.sluice.admission;

/**
 * What an answer said of its own size.
 *
 * @param promptTokens tokens of the prompt; {@link #UNKNOWN} if not told
 * @param cachedTokens of these, found in the engine's prefix cache; {@link #UNKNOWN} if not told
 * @param completionTokens tokens generated; {@link #UNKNOWN} if not told
 * @param finish why the generation stopped
 */
public record Usage(long promptTokens, long cachedTokens, long completionTokens, Finish finish) {

    public static final long UNKNOWN = -1;

    /** Nothing was told. */
    public static final Usage NONE = new Usage(UNKNOWN, UNKNOWN, UNKNOWN, Finish.UNKNOWN);

    /** Whether prompt and completion sizes are both known, so that the agent's context is. */
    public boolean tellsContext() {
        return promptTokens >= 0 && completionTokens >= 0;
    }

    /** Tokens of context after this answer. Meaningful only if {@link #tellsContext()}. */
    public long contextTokens() {
        return promptTokens + completionTokens;
    }
}
