package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.simulate.Comparison.Row;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The traps that laws fall into, each over five seeds with three figures: what the working-set law has, the bar, and what a law has
 * that falls in. Run by {@code mvn -Plong test}.
 */
@Tag("long")
final class LawTrapsTest {

    private static final List<Long> SEEDS = LongStream.rangeClosed(1, 5).boxed().toList();

    /** The default bound of a started step's wait, and what may pass until its prompt is let in. */
    private static final double LONGEST_STARTED_WAIT_SECONDS = 200;

    private enum Trap {
        /** No control, the engine's gauge, limits on requests: 1. The best fixed cap: 0.48. */
        THRASH("batch", "none", Trap::makespanOverOff, 0.377, 0.40, 0.48),
        /** Caps that cannot tell a parent that waits from one that works: 0.70 and more, small ones never end. */
        WAITING_PARENTS("sub-agents", "none", Trap::makespanOverOff, 0.48, 0.52, 0.63),
        /** Whoever refuses newcomers for good loses a quarter of them. */
        LOST_NEWCOMERS("batch", "impatient", Trap::failed, 0, 0, 16),
        LOST_CHATS("tenants-and-chat", "impatient", Trap::failed, 0, 0, 79),
        /** To hold what cannot be held long enough: a token gate takes twice the time. */
        PAUSES_BEYOND_THE_POOL("pauses-60s", "none", Trap::makespanOverOff, 1.01, 1.03, 2),
        /** Where nobody comes back, room that is kept is lost: concur 1.5. */
        NO_REUSE("no-reuse", "none", Trap::makespanOverOff, 1, 1.01, 1.5),
        /** To wait for those who never come back: 1.57, and more with every other limit. */
        CONVERSATIONS_OF_ONE_STEP("one-step", "none", Trap::makespanOverOff, 1.04, 1.08, 1.57),
        NOTHING_TO_GAIN("calm", "none", Trap::makespanOverOff, 1.01, 1.03, 1.1),
        /** Believing a size that is wrong: 0.6 and 0.97. */
        POOL_TOLD_AT_HALF("batch", "pool-half", Trap::makespanOverOff, 0.39, 0.43, 0.6),
        POOL_TOLD_DOUBLE("batch", "pool-double", Trap::makespanOverOff, 0.40, 0.44, 0.97),
        POOL_NOT_TOLD("batch", "no-pool", Trap::makespanOverOff, 0.45, 0.50, 1),
        /** Counting for each child what it has from its parent: 0.60. */
        SHARES_NOT_TOLD("sub-agents", "no-cached-tokens", Trap::makespanOverOff, 0.48, 0.52, 0.60),
        /** Agents that nobody knows again: everybody is a newcomer at every step. */
        NOBODY_KNOWN("batch", "no-identity", Trap::makespanOverOff, 0.38, 0.41, 1),
        FIRST_TOKENS_UNSEEN("batch", "whole-answers", Trap::makespanOverOff, 0.39, 0.42, 0.48);

        private final String workload;
        private final String fault;
        private final Measure measure;
        private final double healthy;
        private final double bar;
        private final double broken;

        Trap(String workload, String fault, Measure measure, double healthy, double bar, double broken) {
            this.workload = workload;
            this.fault = fault;
            this.measure = measure;
            this.healthy = healthy;
            this.bar = bar;
            this.broken = broken;
        }

        private static double makespanOverOff(Row ours, Supplier<Row> off) {
            return ours.makespanSeconds() / off.get().makespanSeconds();
        }

        private static double failed(Row ours, Supplier<Row> off) {
            return ours.mean(Outcome::failed);
        }
    }

    private interface Measure {
        double of(Row ours, Supplier<Row> off);
    }

    @ParameterizedTest
    @EnumSource
    void theLawStaysOutOf(Trap trap) {
        Row ours = row("working-set", trap.workload, trap.fault);

        double figure = trap.measure.of(ours, () -> row("off", trap.workload, "none"));

        System.out.printf("%s: %.3f (healthy %.3f, broken %.3f)%n", trap, figure, trap.healthy, trap.broken);
        assertThat(figure).isLessThanOrEqualTo(trap.bar).isLessThan(trap.broken);
        if (trap.fault.equals("none")) {
            assertThat(ours.outcomes())
                    .allSatisfy(
                            outcome -> assertThat(outcome.startedWaitSeconds().max())
                                    .isLessThanOrEqualTo(LONGEST_STARTED_WAIT_SECONDS));
        }
    }

    private static Row row(String law, String workload, String fault) {
        return new Comparison(Workload.named(workload), Conditions.named(fault), SEEDS, false)
                .run(List.of(law), done -> {})
                .get(0);
    }
}
