package dev.sluice.config;

import java.time.Duration;

/**
 * How the engine's metrics page is read.
 *
 * @param url where the page is served; {@link #UPSTREAM} if the engine's API serves it too
 * @param path of the page; {@link #AUTO} asks where the engine's kind has it
 * @param interval from the end of one reading to the start of the next; readings never overlap
 * @param timeout bound on one reading
 * @param maxBytes a larger page is unusable
 * @param staleAfter a reading older than this no longer counts as fresh
 */
public record SignalsConfig(
        String url, String path, Duration interval, Duration timeout, long maxBytes, Duration staleAfter) {

    public static final String UPSTREAM = "upstream";
    public static final String AUTO = "auto";

    public static final SignalsConfig DEFAULT = new SignalsConfig(
            UPSTREAM, AUTO, Duration.ofSeconds(1), Duration.ofSeconds(2), 8L << 20, Duration.ofSeconds(10));

    /** Whether somebody decided which page is read. */
    public boolean isPathFixed() {
        return !path.equals(AUTO);
    }

    /** Where the page is served. */
    public UpstreamAddress address(UpstreamAddress upstream) {
        return url.equals(UPSTREAM) ? upstream : UpstreamAddress.parse(url);
    }
}
