package dev.sluice.gate;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Where the gate's one writer lives: tasks run one after the other, in the order given. In production a thread, in
 * simulations virtual time.
 */
public interface Loop extends Executor {

    /** The loop's monotonic clock. */
    long nowNanos();

    /**
     * As {@link #execute}; but a loop may run the task within this call if it is called on the loop, no task of it runs, and
     * none was given before.
     */
    default void executeAtOnce(Runnable task) {
        execute(task);
    }

    /** Runs a task on the loop again and again, until the loop ends. */
    void repeat(Duration period, Runnable task);
}
