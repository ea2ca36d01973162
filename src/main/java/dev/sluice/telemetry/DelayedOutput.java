package dev.sluice.telemetry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes lines, one with each call, and lets a thread of its own write what has come every 50 ms. A line that does not fit in
 * between is dropped and counted, as whoever writes one must never wait. Thread-safe.
 */
final class DelayedOutput extends OutputStream {

    /** Some 6,000 lines of the access log. */
    static final int MAX_BYTES = 2 << 20;

    private static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long LAST_LINES_MILLIS = 1_000;

    private static final int USUAL_BYTES = 16 << 10;

    /** Of all of them: the log's configuration makes them, where nobody else can ask. */
    private static final AtomicLong DROPPED = new AtomicLong();

    private final OutputStream behind;
    private final Thread writer = new Thread(this::writeOn, "sluice-access-log");

    /** What has come; guarded by this, as {@link #isClosed} is. */
    private ByteArrayOutputStream coming = new ByteArrayOutputStream(USUAL_BYTES);

    private boolean isClosed;

    /** What is being written; the writer's own. */
    private ByteArrayOutputStream going = new ByteArrayOutputStream(USUAL_BYTES);

    private DelayedOutput(OutputStream behind) {
        this.behind = behind;
        writer.setDaemon(true);
    }

    /** @param behind flushed behind each write, never closed */
    static DelayedOutput to(OutputStream behind) {
        DelayedOutput output = new DelayedOutput(behind);
        output.writer.start();
        return output;
    }

    /** How many lines have been dropped since the process began. */
    static long dropped() {
        return DROPPED.get();
    }

    @Override
    public synchronized void write(byte[] line, int from, int length) {
        if (isClosed || coming.size() + length > MAX_BYTES) {
            DROPPED.incrementAndGet();
        } else {
            coming.write(line, from, length);
        }
    }

    @Override
    public void write(int octet) {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    /** What still waits is written first, for a second at most. */
    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
        }
        LockSupport.unpark(writer);
        try {
            writer.join(LAST_LINES_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeOn() {
        boolean goesOn = true;
        while (goesOn) {
            LockSupport.parkNanos(DELAY_NANOS);
            goesOn = turn();
            if (going.size() > 0) {
                writeOut();
            }
        }
    }

    private void writeOut() {
        try {
            going.writeTo(behind);
            behind.flush();
        } catch (IOException e) {
            // Where errors would be told, nobody listens.
        }
        going.reset();
    }

    /** Whether more may come behind what goes now. */
    private synchronized boolean turn() {
        ByteArrayOutputStream empty = going;
        going = coming;
        coming = empty;
        return !isClosed;
    }
}
