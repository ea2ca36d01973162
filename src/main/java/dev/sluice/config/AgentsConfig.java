package dev.sluice.config;

import java.time.Duration;

/**
 * The table of agents.
 *
 * @param max most agents remembered; of those that never came back the longest silent ones are forgotten first
 * @param forgetAfter an agent silent for so long is forgotten
 */
public record AgentsConfig(int max, Duration forgetAfter) {

    public static final AgentsConfig DEFAULT = new AgentsConfig(20_000, Duration.ofMinutes(15));

    AgentsConfig atMost(int most) {
        return new AgentsConfig(Math.min(max, most), forgetAfter);
    }
}
