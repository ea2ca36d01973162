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

    /** Runs a task on the loop again and again, until the loop ends. */
    void repeat(Duration period, Runnable task);
}
