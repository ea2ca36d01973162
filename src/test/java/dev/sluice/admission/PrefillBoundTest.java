package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.control.RecomputeCost;
import org.junit.jupiter.api.Test;

/** A bound of one second, in which the engine computes 15,000 tokens as far as is known. */
final class PrefillBoundTest {

    private final PrefillBound bound = new PrefillBound(() -> 1, new RecomputeCost());

    @Test
    void promptsAreLetInUpToTheBoundAndOneHoweverLarge() {
        assertThat(bound.allows(1_000_000)).isTrue();
        bound.begin(streamed(10_000), 0);
        assertThat(bound.allows(4_999)).isTrue();
        assertThat(bound.allows(5_001)).isFalse();
    }

    @Test
    void theFirstTokenOfAPromptMakesRoomForOthersOnce() {
        Step first = streamed(10_000);
        bound.begin(first, 0);
        bound.begin(streamed(4_000), 0);
        assertThat(bound.allows(11_001)).isFalse();
        bound.end(first);
        bound.end(first);
        assertThat(bound.allows(10_999)).isTrue();
        assertThat(bound.allows(11_001)).isFalse();
    }

    @Test
    void aPromptHasTheEngineForItselfIfNoOtherIsBeforeItsFirstToken() {
        Step first = streamed(100);
        bound.begin(first, 0);
        Step second = streamed(100);
        bound.begin(second, 0);
        assertThat(first.undisturbed).isTrue();
        assertThat(second.undisturbed).isFalse();
        bound.end(first);
        bound.end(second);
        Step third = streamed(100);
        bound.begin(third, 0);
        assertThat(third.undisturbed).isTrue();
    }

    @Test
    void aFirstTokenThatIsNotSeenIsExpectedWhenAllBeforeItIsComputed() {
        bound.begin(streamed(5_000), 0);
        // 15,000 tokens in all; 10,000 of them at the end of the second prompt: 1 s · (1 + (10,000 − 7,500) / 50,000)
        bound.begin(unstreamed(10_000), 0);
        bound.onTick(1_049_999_000L);
        assertThat(bound.allows(1)).isFalse();
        bound.onTick(1_050_001_000L);
        assertThat(bound.allows(9_999)).isTrue();
    }

    @Test
    void aFirstTokenThatIsSeenIsNotExpected() {
        bound.begin(streamed(5_000), 0);
        bound.begin(streamed(10_000), 0);
        bound.onTick(1_000_000_000_000L);
        assertThat(bound.allows(1)).isFalse();
    }

    @Test
    void theExpectedOfOneMomentComeTogether() {
        bound.begin(unstreamed(100), 0);
        bound.begin(unstreamed(100), 0);
        bound.begin(streamed(15_000), 0);
        bound.onTick(1_000_000_000L);
        assertThat(bound.allows(1)).isFalse();
        bound.end(streamed(1));
        assertThat(bound.allows(1)).isFalse();
    }

    private static Step streamed(double tokens) {
        return forwarded(Arrivals.started("a", 0), tokens);
    }

    private static Step unstreamed(double tokens) {
        return forwarded(new Arrival("a", "test", "default", null, false, true, 0, -1, false, false), tokens);
    }

    private static Step forwarded(Arrival arrival, double tokens) {
        Agent agent = Arrivals.agent(arrival, 0);
        Step step = Arrivals.step(agent, arrival, new Footprints.Estimate(tokens, 0, tokens), 0);
        step.forward(0);
        return step;
    }
}
