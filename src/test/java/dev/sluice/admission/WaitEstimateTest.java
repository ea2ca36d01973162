package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The pace of those who leave the queue, and what refused clients are told of it. */
final class WaitEstimateTest {

    // By their hashes modulo 2001: 0 is the earliest of its crowd, 2000 the latest.
    private static final String EARLY = "byx";
    private static final String PUNCTUAL = "axo";
    private static final String LATE = "byw";

    private final WaitEstimate estimate = new WaitEstimate();

    @Test
    void oneDepartureIsNoPace() {
        assertThat(estimate.estimateNanos(1)).isEqualTo(WaitEstimate.UNKNOWN);
        estimate.onDeparture(5 * SECOND);
        assertThat(estimate.estimateNanos(1)).isEqualTo(WaitEstimate.UNKNOWN);
    }

    @Test
    void theFirstGapIsThePaceForEveryPlace() {
        depart(5, 9);
        assertThat(estimate.estimateNanos(1)).isEqualTo(4 * SECOND);
        assertThat(estimate.estimateNanos(3)).isEqualTo(12 * SECOND);
    }

    @Test
    void thePaceFollowsLaterGapsByAFifth() {
        depart(5, 9, 23);
        // 4 + 0.2 · (14 − 4)
        assertThat(estimate.estimateNanos(1)).isEqualTo(6 * SECOND);
    }

    @Test
    void thoseThatGoTogetherHaveAPaceOfNothing() {
        depart(5, 5);
        assertThat(estimate.estimateNanos(7)).isZero();
        depart(15);
        assertThat(estimate.estimateNanos(1)).isEqualTo(2 * SECOND);
    }

    @Test
    void theTimeInWhichNobodyWaitedIsNoGap() {
        depart(5, 9);
        estimate.onEmpty();
        depart(1_000);
        assertThat(estimate.estimateNanos(1)).isEqualTo(4 * SECOND);
        depart(1_014);
        assertThat(estimate.estimateNanos(1)).isEqualTo(6 * SECOND);
    }

    @Test
    void beforeAPaceWasSeenARefusedClientComesBackAfterTenSeconds() {
        assertThat(retryAfter(PUNCTUAL, 100)).isEqualTo(10 * SECOND);
    }

    @Test
    void aRefusedClientComesBackWhenHalfOfThoseWhoWaitShouldBeGone() {
        depart(0, 4);
        assertThat(retryAfter(PUNCTUAL, 10)).isEqualTo(20 * SECOND);
        assertThat(retryAfter(PUNCTUAL, 5)).isEqualTo(10 * SECOND);
    }

    @Test
    void whereAllGoTogetherARefusedClientComesBackAfterASecond() {
        depart(3, 3);
        assertThat(retryAfter(PUNCTUAL, 10)).isEqualTo(SECOND);
    }

    @Test
    void itComesBackAfterASecondAtTheSoonestAndAMinuteAtTheLatest() {
        depart(0, 4);
        assertThat(retryAfter(PUNCTUAL, 0)).isEqualTo(SECOND);
        assertThat(retryAfter(LATE, 24)).isEqualTo(57_600_000_000L);
        assertThat(retryAfter(LATE, 1_000)).isEqualTo(60 * SECOND);
    }

    @Test
    void howeverLongTheQueueIsACrowdIsSpread() {
        depart(0, 4);
        assertThat(retryAfter(EARLY, 1_000)).isEqualTo(40 * SECOND);
        assertThat(retryAfter(PUNCTUAL, 1_000)).isEqualTo(50 * SECOND);
    }

    @Test
    void clientsAreSpreadByAFifthBothWays() {
        depart(0, 4);
        assertThat(retryAfter(EARLY, 10)).isEqualTo(16 * SECOND);
        assertThat(retryAfter(LATE, 10)).isEqualTo(24 * SECOND);
    }

    private void depart(long... seconds) {
        for (long second : seconds) {
            estimate.onDeparture(second * SECOND);
        }
    }

    private long retryAfter(String agent, int waiting) {
        return estimate.retryAfterNanos(Arrivals.agent(agent), waiting);
    }
}
