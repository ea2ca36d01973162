package dev.sluice.admission;

/**
 * How much of a ceiling a request uses.
 *
 * @param tokens about so many that it needs
 * @param limitTokens the ceiling
 * @param limit its name: a key of the configuration, or {@code max_model_len}
 */
public record ContextUse(long tokens, long limitTokens, String limit) {}
