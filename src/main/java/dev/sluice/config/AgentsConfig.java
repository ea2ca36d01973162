package dev.sluice.config;

import java.time.Duration;

/**
 * The table of agents.
 *
 * @param max most agents remembered; the longest silent ones are forgotten first
 * @param forgetAfter an agent silent for so long is forgotten
 */
public record AgentsConfig(int max, Duration forgetAfter) {

    public static final AgentsConfig DEFAULT = new AgentsConfig(100_000, Duration.ofMinutes(15));
}
