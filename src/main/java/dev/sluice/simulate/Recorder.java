package dev.sluice.simulate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps an even selection of a run's moments, whatever its length: when it is full, every other one goes and the step
 * doubles. Looks on only; the run stays as it is without. Not thread-safe.
 */
final class Recorder implements Consumer<Simulation> {

    private static final int MOST_MOMENTS = 400;
    private static final long FIRST_STEP_NANOS = Duration.ofMillis(250).toNanos();

    private List<Moment> moments = new ArrayList<>();
    private long stepNanos = FIRST_STEP_NANOS;
    private long nextNanos;

    @Override
    public void accept(Simulation run) {
        long nowNanos = run.time().nowNanos();
        if (nowNanos < nextNanos) {
            return;
        }
        moments.add(run.moment());
        if (moments.size() == MOST_MOMENTS) {
            List<Moment> half = new ArrayList<>();
            for (int i = 0; i < moments.size(); i += 2) {
                half.add(moments.get(i));
            }
            moments = half;
            stepNanos *= 2;
        }
        nextNanos = (nowNanos / stepNanos + 1) * stepNanos;
    }

    /** Ascending in time, at most 400. */
    List<Moment> moments() {
        return List.copyOf(moments);
    }
}
