package dev.sluice.config;

import java.time.Duration;

/**
 * How Sluice stops.
 *
 * @param grace longest time that running steps have to come to their end once the process is told to stop
 */
public record DrainConfig(Duration grace) {

    public static final DrainConfig DEFAULT = new DrainConfig(Duration.ofMinutes(5));
}
