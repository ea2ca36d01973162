package dev.sluice.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.AppenderAttachable;
import ch.qos.logback.core.spi.AppenderAttachableImpl;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Passes lines on a moment after they came, many at a time. Whoever logs neither waits for the terminal or the disk nor wakes
 * a thread, which costs more than a line does. What is more than fits in between is dropped, and counted. Thread-safe.
 */
public final class DelayedAppender extends UnsynchronizedAppenderBase<ILoggingEvent>
        implements AppenderAttachable<ILoggingEvent> {

    static final int MOST_LINES = 8192;

    private static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long LAST_LINES_MILLIS = 1_000;

    /** Of all of them: the log's configuration makes them, where nobody else can ask. */
    private static final AtomicLong DROPPED = new AtomicLong();

    private final AppenderAttachableImpl<ILoggingEvent> behind = new AppenderAttachableImpl<>();
    private final Queue<ILoggingEvent> lines = new ArrayBlockingQueue<>(MOST_LINES);
    private @Nullable Thread writer;

    /** How many lines have been dropped since the process began. */
    static long dropped() {
        return DROPPED.get();
    }

    @Override
    public void start() {
        super.start();
        Thread thread = new Thread(this::write, "sluice-access-log");
        thread.setDaemon(true);
        thread.start();
        writer = thread;
    }

    /** Lines that still wait are written first. */
    @Override
    public void stop() {
        super.stop();
        Thread thread = writer;
        if (thread == null) {
            return;
        }
        LockSupport.unpark(thread);
        try {
            thread.join(LAST_LINES_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        behind.detachAndStopAllAppenders();
    }

    @Override
    protected void append(ILoggingEvent line) {
        line.prepareForDeferredProcessing();
        if (!lines.offer(line)) {
            DROPPED.incrementAndGet();
        }
    }

    private void write() {
        while (isStarted()) {
            drain();
            LockSupport.parkNanos(DELAY_NANOS);
        }
        drain();
    }

    private void drain() {
        for (ILoggingEvent line = lines.poll(); line != null; line = lines.poll()) {
            behind.appendLoopOnAppenders(line);
        }
    }

    @Override
    public void addAppender(Appender<ILoggingEvent> appender) {
        behind.addAppender(appender);
    }

    @Override
    public Iterator<Appender<ILoggingEvent>> iteratorForAppenders() {
        return behind.iteratorForAppenders();
    }

    @Override
    public @Nullable Appender<ILoggingEvent> getAppender(String name) {
        return behind.getAppender(name);
    }

    @Override
    public boolean isAttached(Appender<ILoggingEvent> appender) {
        return behind.isAttached(appender);
    }

    @Override
    public void detachAndStopAllAppenders() {
        behind.detachAndStopAllAppenders();
    }

    @Override
    public boolean detachAppender(Appender<ILoggingEvent> appender) {
        return behind.detachAppender(appender);
    }

    @Override
    public boolean detachAppender(String name) {
        return behind.detachAppender(name);
    }
}
