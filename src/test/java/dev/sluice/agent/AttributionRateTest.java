package dev.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How many steps of agents without any id find their agent. The rules were made with the seeds 1,001 to 1,003; these are others.
 */
final class AttributionRateTest {

    @ParameterizedTest
    @ValueSource(longs = {2_001, 2_002, 2_003})
    void stepsFindTheirAgentAndNoOther(long seed) {
        ConversationWorld.Score score = ConversationWorld.run(60, seed);

        assertThat(score.steps()).isGreaterThan(800);
        assertThat(score.rightRatio()).isGreaterThanOrEqualTo(0.98);
        assertThat(score.mergedRatio()).isLessThanOrEqualTo(0.001);
    }
}
