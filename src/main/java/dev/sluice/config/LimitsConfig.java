package dev.sluice.config;

/**
 * What a client may send.
 *
 * @param bodyBytes largest body of a governed request; other bodies are streamed and have no bound
 * @param requestLineBytes longest request line
 * @param fieldsBytes largest header section
 * @param connections most client connections at once
 */
public record LimitsConfig(long bodyBytes, int requestLineBytes, int fieldsBytes, int connections) {

    public static final LimitsConfig DEFAULT = new LimitsConfig(32L << 20, 16 << 10, 64 << 10, 65_536);
}
