package dev.sluice.simulate;

/**
 * A run at one moment: the gate as {@code /state} shows it, the engine as its metrics page does.
 *
 * @param seconds since the start
 * @param pressure tokens of running and resident agents over the pool; {@code NaN} if the gate counts none
 * @param budget the pressure that the law allows; {@code NaN} if it sets none
 * @param kvUsageRatio the engine's own gauge, 0..1
 * @param prefixQueryTokens counter: prompt tokens looked up in the engine's cache
 * @param prefixHitTokens counter: of these, found
 * @param running agents with a step in the engine
 * @param resident agents between steps, their prefix counted as kept
 * @param waiting agents whose step is held
 * @param parked agents between steps, their prefix given up
 */
public record Moment(
        double seconds,
        double pressure,
        double budget,
        double kvUsageRatio,
        long prefixQueryTokens,
        long prefixHitTokens,
        int running,
        int resident,
        int waiting,
        int parked) {}
