package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What it is worth to keep an idle agent's prefix. */
final class HoldValueTest {

    private final Learning learned = new Learning();
    private final HoldValue value = new HoldValue(learned);
    private final Agent agent = Arrivals.agent("a");

    @Test
    void itIsTheEngineSecondsSavedByAReturnThatMayComeSoon() {
        agent.contextTokens = 10_000;
        double rate = learned.pauses.of(agent).returnRatePerSecond(3);
        assertThat(rate).isPositive();
        assertThat(value.of(agent, 3 * GateBench.SECOND)).isEqualTo(rate * learned.cost.secondsPerToken(10_000));
    }

    @Test
    void aPrefixThatChildrenHoldIsNeverGivenUpForRoom() {
        agent.holdingChildren = 1;
        assertThat(value.of(agent, 0)).isInfinite();
    }
}
