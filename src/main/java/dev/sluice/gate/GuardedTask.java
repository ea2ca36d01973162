package dev.sluice.gate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task at the outer edge of its loop: whatever it throws, errors among it, is logged and goes no further, so that the loop and
 * the task's own repetition go on. A JVM that is to end when its memory does ({@code -XX:+ExitOnOutOfMemoryError}) has ended
 * before this sees the error. Confined to the loop.
 */
public final class GuardedTask implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedTask.class);

    private final Runnable task;

    public GuardedTask(Runnable task) {
        this.task = task;
    }

    @Override
    public void run() {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.error("A task of the gate failed; the gate goes on", e);
        }
    }
}
