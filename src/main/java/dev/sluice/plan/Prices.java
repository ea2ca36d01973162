package dev.sluice.plan;

/**
 * What tokens cost where they are bought, in units of money for a million. Prompt caching has its own: what is written to the cache and
 * what is read from it, as factors of the price of a prompt token.
 *
 * @param prompt of a million prompt tokens that are neither written nor read
 * @param answer of a million tokens of answers
 * @param writeFactor of a prompt token that is written: 1.25 for caches that last minutes, 2 for an hour, 1 where writing is free
 * @param readFactor of a prompt token that is read from the cache
 */
public record Prices(double prompt, double answer, double writeFactor, double readFactor) {

    public Prices {
        require("prompt", prompt, 1e9);
        require("answer", answer, 1e9);
        require("writeFactor", writeFactor, 100);
        require("readFactor", readFactor, 100);
    }

    private static void require(String what, double value, double max) {
        if (!(value >= 0 && value <= max)) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: 0.." + max + ")");
        }
    }

    /** What the traffic costs: what is cached is read, what is not is written. */
    public double of(Traffic traffic) {
        double promptCost = traffic.cachedTokens() * readFactor + traffic.computedTokens() * writeFactor;
        return (promptCost * prompt + traffic.answerTokens() * answer) / 1e6;
    }

    /** What it would cost without a cache. */
    public double uncached(Traffic traffic) {
        return (traffic.promptTokens() * prompt + traffic.answerTokens() * answer) / 1e6;
    }
}
