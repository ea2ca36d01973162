package dev.sluice.config;

import java.time.Duration;

/**
 * The engine and how its connections are kept.
 *
 * @param url {@code http://HOST:PORT[/prefix]}, {@code https://…} or {@code unix:/path}
 * @param connectTimeout bound on making a connection, all addresses of a name together; and again on looking it up
 * @param idleEviction a pooled connection idle for so long is closed; engines close theirs at 5 s without a word
 * @param maxIdleConnections pooled connections kept idle, per event loop
 * @param streamedFirstByte held and first byte together, for a streamed answer: half of the clients give up at 300 s
 * @param wholeAnswer from forwarding to the first byte of an answer that is not streamed
 * @param silence longest silence amid an answer, governed or not
 * @param apiKey where the engine's key comes from, {@code file:PATH} or {@code env:NAME}; empty: it gets what clients send
 * @param tls for {@code https}
 */
public record UpstreamConfig(
        String url,
        Duration connectTimeout,
        Duration idleEviction,
        int maxIdleConnections,
        Duration streamedFirstByte,
        Duration wholeAnswer,
        Duration silence,
        String apiKey,
        TlsConfig tls) {

    public static final UpstreamConfig DEFAULT = new UpstreamConfig(
            "http://127.0.0.1:8000",
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            256,
            Duration.ofSeconds(290),
            Duration.ofSeconds(600),
            Duration.ofSeconds(300));

    /** Without a key of ours, and with the usual TLS. */
    public UpstreamConfig(
            String url,
            Duration connectTimeout,
            Duration idleEviction,
            int maxIdleConnections,
            Duration streamedFirstByte,
            Duration wholeAnswer,
            Duration silence) {
        this(
                url,
                connectTimeout,
                idleEviction,
                maxIdleConnections,
                streamedFirstByte,
                wholeAnswer,
                silence,
                "",
                TlsConfig.DEFAULT);
    }

    /** The engine and its connections are those of {@code start}, patience is ours. */
    UpstreamConfig withFixedOf(UpstreamConfig start) {
        return new UpstreamConfig(
                start.url,
                start.connectTimeout,
                start.idleEviction,
                start.maxIdleConnections,
                streamedFirstByte,
                wholeAnswer,
                silence,
                start.apiKey,
                start.tls);
    }
}
