package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a step that waits is told of its place. */
final class PlacesTest {

    private final GateBench bench = new GateBench(GateBench.config(GateBench.agents(1), 100_000));

    private Place place(long stepId) {
        return Objects.requireNonNull(bench.controller.placeOf(stepId, bench.nowNanos));
    }

    @Test
    void itIsCountedOnceASecondAndWhoCameSinceStandsLastOfItsKind() {
        bench.started("runs", 100).newcomer("new", 100).started("a", 100);
        assertThat(place(2).position()).isEqualTo(2);
        assertThat(place(3).position()).isEqualTo(1);
        bench.started("b", 100);
        assertThat(place(4).position()).isEqualTo(2);
        assertThat(place(4).of()).isEqualTo(3);
        assertThat(place(4).reason()).isEqualTo(Obstacle.Kind.NO_PLACE);
        bench.nowNanos += GateBench.SECOND;
        assertThat(List.of(place(2).position(), place(3).position(), place(4).position()))
                .containsExactly(3, 1, 2);
    }

    @Test
    void ofManyTheyAreCountedMoreSeldom() {
        bench.started("runs", 100);
        for (int step = 0; step < 2_000; step++) {
            bench.started("a" + step, 100);
        }
        assertThat(place(2_001).position()).isEqualTo(2_000);
        bench.started("late", 100);
        bench.withdraw("a0");
        bench.nowNanos += 2 * GateBench.SECOND - 1;
        assertThat(place(2_001).position()).isEqualTo(2_000);
        bench.nowNanos += 1;
        assertThat(place(2_001).position()).isEqualTo(1_999);
    }

    @Test
    void theEstimateFollowsThePace() {
        bench.started("runs", 100).started("a", 100).started("b", 100).started("c", 100);
        assertThat(place(4).estimateNanos()).isEqualTo(WaitEstimate.UNKNOWN);
        bench.at(10).end("runs", Ending.COMPLETED, Usage.NONE);
        bench.at(20).end("a", Ending.COMPLETED, Usage.NONE);
        assertThat(place(4).estimateNanos()).isEqualTo(10 * GateBench.SECOND);
    }

    @Test
    void whoRunsOrIsGoneHasNone() {
        bench.started("runs", 100);
        assertThat(bench.controller.placeOf(1, 0)).isNull();
        assertThat(bench.controller.placeOf(9, 0)).isNull();
    }
}
