package dev.sluice.emulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the engine core in real time, on one thread that alone touches it. An iteration lasts as long as the core says,
 * divided by the speed. Iterations follow each other by the times when they are due, not by when the timer woke up, so its
 * coarseness does not add up, nor does a machine that stands still for a moment slow the engine down, which has a processor
 * of its own; a loop that fell behind by more than {@link #MAX_LAG_NANOS} lets the rest of the lag go.
 *
 * <p>Thread-safe: every call hops to the loop's thread.
 */
final class EngineLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineLoop.class);
    private static final long MAX_LAG_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Told of one generation's progress on the loop's thread; must not block. */
    interface Listener {

        void onToken(CoreStep.Token token);

        /** The engine will not finish this one. The last call. */
        void onLost();
    }

    /** A generation for the engine. */
    record Job(Sequence sequence, Answer.Stop stop, Listener listener) {}

    private record Live(Job job, long submittedNanos) {}

    private final EngineCore core;
    private final Preset preset;
    private final double speed;
    private final ScheduledThreadPoolExecutor executor;
    private final Map<Long, Live> live = new HashMap<>();
    private final EngineTally tally = new EngineTally();
    private boolean iterating;
    private long dueNanos;
    private volatile CoreStats stats;
    private volatile boolean dead;

    /** @param speed engine seconds in one real second, above 0 */
    EngineLoop(Preset preset, double speed) {
        this.core = new EngineCore(preset);
        this.preset = preset;
        this.speed = speed;
        this.stats = core.stats();
        this.executor = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, "emulator-engine");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
    }

    void submit(Job job) {
        executor.execute(() -> guarded(() -> admit(job)));
    }

    /** Takes a generation out at once; its listener hears no more. Unknown and finished ones are ignored. */
    void abort(long id) {
        executor.execute(() -> guarded(() -> {
            if (live.remove(id) != null) {
                core.abort(id);
                stats = core.stats();
            }
        }));
    }

    /** As of the last iteration or abort. */
    CoreStats stats() {
        return stats;
    }

    boolean isDead() {
        return dead;
    }

    /** The metrics page, written between two iterations so that its numbers fit together. */
    CompletableFuture<String> metricsPage() {
        return CompletableFuture.supplyAsync(() -> MetricsPage.text(core.stats(), tally, preset), executor);
    }

    /** Stops where it is. Listeners hear no more. */
    @Override
    public void close() {
        executor.shutdownNow();
    }

    private void admit(Job job) {
        if (dead) {
            job.listener().onLost();
            return;
        }
        long nowNanos = System.nanoTime();
        core.submit(job.sequence());
        live.put(job.sequence().id(), new Live(job, nowNanos));
        if (!iterating) {
            dueNanos = nowNanos;
            iterate();
        }
    }

    private void iterate() {
        iterating = core.hasWork();
        if (!iterating) {
            return;
        }
        CoreStep step = core.step();
        long nowNanos = System.nanoTime();
        dueNanos += Math.round(step.durationNanos() / speed);
        if (nowNanos - dueNanos > MAX_LAG_NANOS) {
            dueNanos = nowNanos - MAX_LAG_NANOS;
        }
        executor.schedule(
                () -> guarded(() -> {
                    publish(step);
                    iterate();
                }),
                dueNanos - nowNanos,
                TimeUnit.NANOSECONDS);
    }

    private void publish(CoreStep step) {
        long nowNanos = System.nanoTime();
        stats = core.stats();
        for (CoreStep.Token token : step.tokens()) {
            Live one = token.finished() ? live.remove(token.id()) : live.get(token.id());
            if (one == null) {
                continue;
            }
            if (token.generated() == 1) {
                tally.onFirstToken(
                        one.job.sequence().promptTokens(), token.cachedTokens(), nowNanos - one.submittedNanos);
            }
            if (token.finished()) {
                tally.onFinished(one.job.stop());
            }
            one.job.listener().onToken(token);
        }
    }

    /** The thread's outer edge: a fault in the core ends the engine, and everyone who waits for it is told. */
    private void guarded(Runnable turn) {
        try {
            turn.run();
        } catch (RuntimeException e) {
            LOG.error("Emulated engine died live={}", live.size(), e);
            dead = true;
            List<Live> lost = new ArrayList<>(live.values());
            live.clear();
            lost.forEach(one -> one.job.listener().onLost());
        }
    }
}
