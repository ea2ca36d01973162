package dev.sluice.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import java.io.OutputStream;

/**
 * Writes lines to standard error a moment after they came, many with one write. Whoever logs makes the bytes of its line and no
 * more: it neither waits for the terminal or the disk nor wakes a thread, which costs more than a line does, and nothing of a line
 * outlives the call for the garbage collector to copy. Thread-safe.
 */
public final class DelayedAppender extends OutputStreamAppender<ILoggingEvent> {

    private final OutputStream behind;

    public DelayedAppender() {
        this(ConsoleTarget.SystemErr.getStream());
    }

    /** @param behind where the lines go; not closed */
    DelayedAppender(OutputStream behind) {
        this.behind = behind;
        // The stream knows when.
        setImmediateFlush(false);
    }

    @Override
    public void start() {
        setOutputStream(DelayedOutput.to(behind));
        super.start();
    }
}
