package dev.sluice.decision;

import dev.sluice.config.DecisionsConfig;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decision log on disk: JSON lines, written by a thread of its own. Whoever hands a decision over never waits: where the
 * disk does not keep up, or cannot be written, decisions are dropped and counted.
 *
 * <p>At its bound the file becomes {@code FILE.1}, that {@code FILE.2}, and so on, and the oldest is deleted. Every file begins
 * with the settings, the pool and the mode in force, so that each can be replayed alone. {@link #offer} may be called from any
 * thread; the rest is confined to the writer.
 */
public final class DecisionFile implements AutoCloseable {

    /** Some seconds of what the busiest gate decides. */
    private static final int MOST_PENDING = 65_536;

    private static final int BUFFER_BYTES = 64 << 10;
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);
    /** How soon the writer sees that it is to end. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger(DecisionFile.class);

    private final DecisionsConfig config;
    private final Path file;
    private final Instant zero;
    private final BlockingQueue<Decision> pending = new ArrayBlockingQueue<>(MOST_PENDING);
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;
    private volatile boolean closing;
    private @Nullable OutputStream out;
    private long fileBytes;
    private long failedNanos;
    private boolean failed;
    // What a new file begins with.
    private Decision.@Nullable Configured configured;
    private Decision.@Nullable ModeSwitched mode;
    private Decision.@Nullable BudgetChanged pool;

    /**
     * Opens the file and starts the writer.
     *
     * @param nanoClock tells the time of the decisions
     * @throws IOException if the file cannot be written; the message names setting and value
     */
    public static DecisionFile open(DecisionsConfig config, LongSupplier nanoClock) throws IOException {
        DecisionFile log = new DecisionFile(config, Instant.now().minusNanos(nanoClock.getAsLong()));
        try {
            log.openFile();
        } catch (IOException e) {
            throw new IOException("decisions.file: " + config.file() + " (expected: a file that can be written)", e);
        }
        log.writer.start();
        return log;
    }

    private DecisionFile(DecisionsConfig config, Instant zero) {
        this.config = config;
        this.file = Path.of(config.file());
        this.zero = zero;
        this.writer = new Thread(this::write, "sluice-decisions");
        writer.setDaemon(true);
    }

    /** The file of that age: 1 is the one before the current. */
    static Path older(Path file, int age) {
        return file.resolveSibling(file.getFileName() + "." + age);
    }

    /** Hands a decision over to be written, or drops it. */
    public void offer(Decision decision) {
        if (!pending.offer(decision)) {
            dropped.incrementAndGet();
        }
    }

    /** Lines written since the start. */
    public long written() {
        return written.get();
    }

    /** Decisions that were not written since the start. */
    public long dropped() {
        return dropped.get();
    }

    /** Writes what was handed over before, within a bound, and ends. */
    @Override
    public void close() {
        closing = true;
        try {
            writer.join(LONGEST_CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        List<Decision> taken = new ArrayList<>();
        while (!closing) {
            try {
                Decision first = pending.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                taken.add(first);
            } catch (InterruptedException e) {
                closing = true; // nobody does that; what is left is written below
            }
            pending.drainTo(taken, MOST_PENDING);
            writeAll(taken);
            taken.clear();
        }
        pending.drainTo(taken);
        writeAll(taken);
        closeFile();
    }

    private void writeAll(List<Decision> decisions) {
        int done = 0;
        try {
            if (out == null) {
                reopen();
            }
            for (Decision decision : decisions) {
                writeOne(decision);
                done++;
            }
            if (out != null) {
                out.flush();
            }
        } catch (IOException e) {
            onFailure(e);
        } catch (RuntimeException e) { // the thread's outer edge
            LOG.error("A decision could not be written, which is a bug of Sluice: please report it", e);
        }
        written.addAndGet(done);
        dropped.addAndGet(decisions.size() - done);
    }

    private void reopen() throws IOException {
        if (failed && System.nanoTime() - failedNanos < PAUSE_AFTER_FAILURE.toNanos()) {
            throw new IOException("not tried again yet");
        }
        openFile();
        LOG.info("The decision log is written again file={} dropped={}", file, dropped);
        failed = false;
    }

    /** Told once, when it begins. */
    private void onFailure(IOException cause) {
        if (!failed) {
            LOG.warn(
                    "The decision log cannot be written; decisions are dropped file={} cause={}",
                    file,
                    cause.toString());
            failed = true;
            failedNanos = System.nanoTime();
            closeFile();
        } else if (System.nanoTime() - failedNanos >= PAUSE_AFTER_FAILURE.toNanos()) {
            failedNanos = System.nanoTime();
        }
    }

    private void writeOne(Decision decision) throws IOException {
        if (decision instanceof Decision.Configured told) {
            configured = told;
        } else if (decision instanceof Decision.ModeSwitched told) {
            mode = told;
        } else if (decision instanceof Decision.BudgetChanged told
                && told.change().cause().startsWith("pool")) {
            pool = told;
        }
        if (fileBytes >= config.maxFileBytes()) {
            rotate(decision.atNanos());
        }
        writeLine(decision, decision.atNanos());
    }

    private void writeLine(@Nullable Decision decision, long atNanos) throws IOException {
        if (decision == null || out == null) {
            return;
        }
        byte[] line = (DecisionLine.of(decision, zero.plusNanos(atNanos)) + "\n").getBytes(StandardCharsets.UTF_8);
        out.write(line);
        fileBytes += line.length;
    }

    private void rotate(long atNanos) throws IOException {
        closeFile();
        Files.deleteIfExists(older(file, config.maxFiles() - 1));
        for (int age = config.maxFiles() - 2; age >= 1; age--) {
            if (Files.exists(older(file, age))) {
                Files.move(older(file, age), older(file, age + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (config.maxFiles() > 1) {
            Files.move(file, older(file, 1), StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.delete(file);
        }
        openFile();
        writeLine(configured, atNanos);
        writeLine(pool, atNanos);
        writeLine(mode, atNanos);
    }

    private void openFile() throws IOException {
        out = new BufferedOutputStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND), BUFFER_BYTES);
        fileBytes = Files.size(file);
    }

    private void closeFile() {
        OutputStream ending = out;
        out = null;
        try {
            if (ending != null) {
                ending.close();
            }
        } catch (IOException e) {
            LOG.warn("The end of the decision log may be missing file={} cause={}", file, e.toString());
        }
    }
}
