package dev.sluice.admission;

import org.jspecify.annotations.Nullable;

/**
 * How stable an agent's prefix has been. Immutable.
 *
 * @param breaks how often a prompt of it did not begin with all of the one before
 * @param recomputedTokens of its context, what the engine had to compute again for that alone, where it tells
 * @param last the last such time; null if there was none
 */
public record PrefixHealth(
        long breaks, long recomputedTokens, @Nullable PrefixBreak last) {

    public static final PrefixHealth SOUND = new PrefixHealth(0, 0, null);

    PrefixHealth with(PrefixBreak broken) {
        return new PrefixHealth(breaks + 1, recomputedTokens, broken);
    }

    PrefixHealth withCost(long tokens) {
        return new PrefixHealth(breaks, recomputedTokens + tokens, last);
    }
}
