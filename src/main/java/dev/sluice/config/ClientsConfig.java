package dev.sluice.config;

import java.time.Duration;
import java.util.Map;

/**
 * What single families of clients are given. A family without an entry has what stands at each map.
 *
 * @param firstToken longest wait and first token together, of a streamed answer; others: {@code upstream.streamedFirstByte}
 * @param refusalStatus 429 or 503; others: {@code queue.refusalStatus}
 * @param keepAlive how often a stream is kept alive while its step waits; others: never
 * @param blanks the same, by blanks, for an answer that is not streamed; others: never
 * @param retriesPerMinute most times within a minute that an agent may ask the same again; 0 for no bound
 */
public record ClientsConfig(
        Map<ClientFamily, Duration> firstToken,
        Map<ClientFamily, Integer> refusalStatus,
        Map<ClientFamily, Duration> keepAlive,
        Map<ClientFamily, Duration> blanks,
        int retriesPerMinute) {

    public static final ClientsConfig DEFAULT = new ClientsConfig(Map.of(), Map.of(), Map.of(), Map.of(), 30);

    public ClientsConfig {
        firstToken = Map.copyOf(firstToken);
        refusalStatus = Map.copyOf(refusalStatus);
        keepAlive = Map.copyOf(keepAlive);
        blanks = Map.copyOf(blanks);
    }
}
