package dev.sluice.config;

import java.time.Duration;

/**
 * What a client may send.
 *
 * @param bodyBytes largest body of a governed request; other bodies are streamed and have no bound
 * @param collectingBytes most that the bodies of governed requests may take together while they are received
 * @param requestLineBytes longest request line
 * @param fieldsBytes largest header section
 * @param connections most client connections at once
 * @param clientSilence longest silence of a client amid a request that it sends
 * @param clientIdle longest time that a connection is kept without a request, or an answer is left unread
 * @param requestTokens largest governed request, by its estimated prompt and the answer that it asks for; 0 for no limit
 * @param agentTokens longest prompt of an agent, as estimated; 0 for no limit
 * @param contextWarning share of the nearest of these limits and the engine's own from which on answers tell it
 * @param heapShed share of the heap in use from which on governed requests are refused
 * @param heapRefuse the same for all requests and connections
 */
public record LimitsConfig(
        long bodyBytes,
        long collectingBytes,
        int requestLineBytes,
        int fieldsBytes,
        int connections,
        Duration clientSilence,
        Duration clientIdle,
        long requestTokens,
        long agentTokens,
        double contextWarning,
        double heapShed,
        double heapRefuse) {

    public static final LimitsConfig DEFAULT = new LimitsConfig(
            32L << 20, 256L << 20, 16 << 10, 64 << 10, 65_536, Duration.ofSeconds(60), Duration.ofMinutes(10));

    /** With the ceilings of the default: none. */
    public LimitsConfig(
            long bodyBytes,
            long collectingBytes,
            int requestLineBytes,
            int fieldsBytes,
            int connections,
            Duration clientSilence,
            Duration clientIdle) {
        this(
                bodyBytes,
                collectingBytes,
                requestLineBytes,
                fieldsBytes,
                connections,
                clientSilence,
                clientIdle,
                0,
                0,
                0.8);
    }

    /** With the shares of the heap of the default. */
    public LimitsConfig(
            long bodyBytes,
            long collectingBytes,
            int requestLineBytes,
            int fieldsBytes,
            int connections,
            Duration clientSilence,
            Duration clientIdle,
            long requestTokens,
            long agentTokens,
            double contextWarning) {
        this(
                bodyBytes,
                collectingBytes,
                requestLineBytes,
                fieldsBytes,
                connections,
                clientSilence,
                clientIdle,
                requestTokens,
                agentTokens,
                contextWarning,
                0.92,
                0.95);
    }

    LimitsConfig collectingAtMost(long bytes) {
        return new LimitsConfig(
                bodyBytes,
                Math.min(collectingBytes, bytes),
                requestLineBytes,
                fieldsBytes,
                connections,
                clientSilence,
                clientIdle,
                requestTokens,
                agentTokens,
                contextWarning,
                heapShed,
                heapRefuse);
    }
}
