package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How soon the size of a pool is found that was told wrong or not at all, and how steady the measure then is. Run by {@code mvn -Plong test}. */
@Tag("long")
final class MeasuredPoolTest {

    private static final int SEEDS = 5;

    /** As near as a told size is believed. */
    private static final double NEAR = 0.15;

    /** What is seen of one run, once a second. */
    private static final class Watch {

        private final double realTokens;
        private long lastSecond = -1;
        private long foundSecond = -1;
        private double least = 1;
        private double most = 1;
        private double seen;
        private double near;

        private Watch(double realTokens) {
            this.realTokens = realTokens;
        }

        private void look(Simulation now) {
            long second = now.time().nowNanos() / 1_000_000_000L;
            if (second == lastSecond) {
                return;
            }
            lastSecond = second;
            double ratio = now.snapshot().poolTokens() / realTokens;
            boolean isNear = Math.abs(ratio - 1) <= NEAR;
            if (isNear && foundSecond < 0) {
                foundSecond = second;
            }
            if (foundSecond >= 0) {
                seen++;
                near += isNear ? 1 : 0;
                least = Math.min(least, ratio);
                most = Math.max(most, ratio);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"batch, pool-half, 600", "batch, pool-double, 120", "batch, no-pool, 120"})
    void isFoundWithinMinutesAndStays(String load, String fault, long mostSeconds) {
        Workload workload = Workload.named(load);
        Conditions conditions = Conditions.named(fault);
        for (long seed = 1; seed <= SEEDS; seed++) {
            Watch watch = new Watch(workload.engine().poolTokens());
            Contender.named("working-set")
                    .simulation(workload.engine(), conditions)
                    .run(workload.scripts().apply(seed), watch::look);

            System.out.printf(
                    "%s %s, seed %d: found after %d s, then %.2f to %.2f of what it is, near it %.0f %% of the time%n",
                    load, fault, seed, watch.foundSecond, watch.least, watch.most, 100 * watch.near / watch.seen);
            assertThat(watch.foundSecond).isBetween(0L, mostSeconds);
            assertThat(watch.near / watch.seen).isGreaterThan(0.95);
            assertThat(watch.least).isGreaterThan(0.8);
            assertThat(watch.most).isLessThan(1.3);
        }
    }
}
