package dev.sluice.config;

import java.time.Duration;

/**
 * How the engine's metrics page is read.
 *
 * @param path of the page on the engine
 * @param interval from the end of one reading to the start of the next; readings never overlap
 * @param timeout bound on one reading
 * @param maxBytes a larger page is unusable
 * @param staleAfter a reading older than this no longer counts as fresh
 */
public record SignalsConfig(String path, Duration interval, Duration timeout, long maxBytes, Duration staleAfter) {

    public static final SignalsConfig DEFAULT = new SignalsConfig(
            "/metrics", Duration.ofMillis(250), Duration.ofSeconds(2), 8L << 20, Duration.ofSeconds(10));
}
