package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.simulate.OneMachine.Job;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Schedules small enough to be drawn by hand. */
final class OneMachineTest {

    @Test
    void theLongestTailGoesFirstAndInterrupts() {
        // The first works until 2, the urgent one until 5, the first again until 8; the urgent one's tail ends at 12.
        List<Job> jobs = List.of(new Job(0, 5, 1), new Job(2, 3, 7));

        assertThat(OneMachine.latestEnd(jobs)).isEqualTo(12);
    }

    @Test
    void aGapWithoutJobsIsIdle() {
        assertThat(OneMachine.latestEnd(List.of(new Job(0, 1, 0), new Job(10, 2, 0.5))))
                .isEqualTo(12.5);
    }

    @Test
    void theShortestRestGoesFirst() {
        // The long one works until 1, the next until 2, the shortest until 2.5; then what is left, 1 and 9.
        List<Job> jobs = List.of(new Job(0, 10, 0), new Job(1, 2, 0), new Job(2, 0.5, 0));

        assertThat(OneMachine.sumOfEnds(jobs)).isEqualTo(2.5 + 3.5 + 12.5);
    }

    @Test
    void withoutJobsNothingTakesTime() {
        assertThat(OneMachine.latestEnd(List.of())).isZero();
        assertThat(OneMachine.sumOfEnds(List.of())).isZero();
    }
}
