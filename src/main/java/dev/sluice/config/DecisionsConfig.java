package dev.sluice.config;

/**
 * The decision log.
 *
 * @param file where it is written; empty for none
 * @param maxFileBytes at this size a new file is begun
 * @param maxFiles files kept, the current one among them
 */
public record DecisionsConfig(String file, long maxFileBytes, int maxFiles) {

    public static final DecisionsConfig DEFAULT = new DecisionsConfig("", 64L << 20, 8);
}
