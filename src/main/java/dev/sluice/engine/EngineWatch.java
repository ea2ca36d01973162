package dev.sluice.engine;

import dev.sluice.config.EngineConfig;
import dev.sluice.config.SignalsConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.UpstreamAddress;
import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSignal;
import dev.sluice.net.Credentials;
import dev.sluice.net.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who the engine is, reads its metrics page again and again, over one kept connection, and reports each reading,
 * good or not. The next reading starts an interval after the last one ended, so they never overlap; while the engine is
 * silent, not more than once a second, and where it has no usable page, every five. Who it is is asked at start, when it comes
 * back from a silence, when it closed the connection, and again after a while if it left a question open; where the
 * configuration says that it has no page, only at start and when it comes back.
 *
 * <p>Thread-safe. Owns one thread, on which the signals are delivered; what receives them must not block.
 */
public final class EngineWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineWatch.class);

    private static final long SILENT_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long UNUSABLE_INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

    /** An engine under load may leave a question open that it answers later. */
    private static final long ASK_AGAIN_NANOS = Duration.ofSeconds(10).toNanos();

    /** Share of the bound on a reading that each question about the engine itself has. */
    private static final int QUESTIONS_PER_READING = 4;

    private static final byte[] NOTHING = {};

    private static final String NO_POOL = "the engine tells no pool: it has to stand in pool.tokens";
    private static final String NO_PAGE =
            "no metrics page that Sluice can read: feed-forward control only, from pool.tokens, which has to be set";

    private final UpstreamAddress upstream;
    private final SignalsConfig config;
    private final LongSupplier nanoClock;
    private final Consumer<EngineSignal> signals;
    private final EventLoopGroup loops;
    private final EventLoop loop;
    private final EngineConnection api;
    private final EngineConnection pages;
    private final DialectProbe probe;
    private final Interview interview;

    private volatile Known known = Known.NOTHING;
    private volatile boolean closed;

    // Confined to the loop.
    private Hearing hearing = Hearing.NOTHING_YET;
    private Introduction engine = Introduction.NONE;
    private boolean introduced;
    private int introducedAt;
    private long askAgainNanos = Long.MAX_VALUE;
    private @Nullable EngineSample last;
    private @Nullable ScheduledFuture<?> nextReading;

    private enum Hearing {
        NOTHING_YET,
        SIGNALS,
        /** It answers, but has no page that we can use. */
        NO_PAGE,
        SILENCE
    }

    /**
     * What {@link #facts} is made of.
     *
     * @param dialect null while unknown
     * @param reached whether the engine ever answered
     */
    private record Known(
            @Nullable Dialect dialect,
            Introduction engine,
            @Nullable PageFigures figures,
            boolean reached) {

        static final Known NOTHING = new Known(null, Introduction.NONE, null, false);
    }

    /**
     * Does nothing before {@link #start}.
     *
     * @param credentials for an engine that asks for them
     * @param nanoClock monotonic; stamps the signals
     * @param signals called for each reading, on the watch's own thread
     */
    public EngineWatch(
            UpstreamAddress upstream,
            SluiceConfig config,
            Credentials credentials,
            LongSupplier nanoClock,
            Consumer<EngineSignal> signals) {
        this(
                upstream,
                config.engine(),
                config.signals(),
                nanoClock,
                signals,
                new EngineAccess(credentials.engine()::context, credentials.engineKey()::putInto));
    }

    EngineWatch(
            UpstreamAddress upstream,
            EngineConfig kind,
            SignalsConfig config,
            LongSupplier nanoClock,
            Consumer<EngineSignal> signals,
            EngineAccess access) {
        this.upstream = upstream;
        this.config = config;
        this.nanoClock = nanoClock;
        this.signals = signals;
        this.loops = Transport.best().eventLoops(1, "sluice-engine");
        this.loop = loops.next();
        UpstreamAddress pagesAt = config.address(upstream);
        this.api = new EngineConnection(loop, upstream, config, access);
        // The engine's key is not for somebody else's page.
        this.pages = pagesAt.equals(upstream) ? api : new EngineConnection(loop, pagesAt, config, access.withoutKey());
        this.probe = new DialectProbe(kind, config);
        this.interview = new Interview(api, probe, config.timeout().dividedBy(QUESTIONS_PER_READING));
    }

    /** Starts reading; once. */
    public void start() {
        loop.execute(this::turn);
    }

    /** What the engine told about itself so far. */
    public EngineFacts facts() {
        Known now = known;
        Dialect dialect = now.dialect;
        PageFigures figures = now.figures;
        if (dialect == null) {
            return now.reached ? EngineFacts.other(now.engine, NO_PAGE) : EngineFacts.UNKNOWN;
        }
        String note = figures == null ? dialect.hint() : Capability.POOL_SIZE.isToldBy(figures) ? "" : NO_POOL;
        return EngineFacts.of(dialect, now.engine, note, figures);
    }

    /** Stops. A signal may still be under way when this returns, but no other follows. */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the thread is a daemon and ends by itself
    public void close() {
        closed = true;
        if (!loop.isShuttingDown()) {
            loop.execute(this::stop);
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private void stop() {
        if (nextReading != null) {
            nextReading.cancel(false);
        }
        api.close();
        pages.close();
    }

    private void turn() {
        if (closed) {
            return;
        }
        if (introduced && probe.hasNoPage()) {
            api.reach(new StillThere());
            return;
        }
        if (introduced && introducedAt == api.hangUps() && nanoClock.getAsLong() < askAgainNanos) {
            read(probe.paths().iterator(), null);
            return;
        }
        interview.start(new Interview.Listener() {
            @Override
            public void onAnswers(Introduction answers) {
                introduce(answers, Long.MAX_VALUE);
            }

            @Override
            public void onHanging(Introduction answers) {
                introduce(answers, nanoClock.getAsLong() + ASK_AGAIN_NANOS);
            }

            @Override
            public void onUnreachable() {
                onReading(PageReading.silence(SilenceCause.CONNECT_FAILED, nanoClock.getAsLong()));
            }
        });
    }

    /**
     * An engine without a page is asked once who it is, and from then on only whether it is there: some answer no question, or
     * break off a running answer for it, while they work.
     */
    private final class StillThere implements EngineConnection.Reader {

        @Override
        public void onPage(byte[] nothing) {
            onReading(PageReading.silence(SilenceCause.NO_DIALECT, nanoClock.getAsLong()));
        }

        @Override
        public void onFailure(SilenceCause cause) {
            onReading(PageReading.silence(cause, nanoClock.getAsLong()));
        }
    }

    private void introduce(Introduction answers, long nextTimeNanos) {
        engine = answers;
        introduced = true;
        introducedAt = api.hangUps();
        askAgainNanos = nextTimeNanos;
        read(probe.paths().iterator(), null);
    }

    /**
     * Asks for the page at the first of the paths, and at the next if there is nothing to read.
     *
     * @param first what was wrong at the first of all paths; null if this is it
     */
    private void read(Iterator<String> paths, @Nullable SilenceCause first) {
        if (closed) {
            return;
        }
        if (!paths.hasNext()) {
            // What the engine told beside its page is better than nothing.
            PageReading beside = readingOf(NOTHING);
            SilenceCause cause = first == null ? SilenceCause.NO_DIALECT : first;
            onReading(beside.dialect() != null ? beside : PageReading.silence(cause, nanoClock.getAsLong()));
            return;
        }
        String path = paths.next();
        pages.get(path, config.timeout(), new EngineConnection.Reader() {
            @Override
            public void onPage(byte[] page) {
                EngineWatch.this.onPage(path, page, paths, first);
            }

            @Override
            public void onFailure(SilenceCause cause) {
                if (cause.isAnswered()) {
                    read(paths, first == null ? cause : first);
                } else {
                    onReading(PageReading.silence(apart(cause), nanoClock.getAsLong()));
                }
            }
        });
    }

    /** What has an address of its own can be down alone: only who asks for the API learns whether the engine is. */
    private SilenceCause apart(SilenceCause cause) {
        return pages != api && cause == SilenceCause.CONNECT_FAILED ? SilenceCause.PAGE_UNREACHABLE : cause;
    }

    private void onPage(String path, byte[] page, Iterator<String> otherPaths, @Nullable SilenceCause first) {
        if (probe.mustNotRead(page)) {
            read(probe.paths().iterator(), null);
            return;
        }
        PageReading reading = readingOf(page);
        Dialect dialect = reading.dialect();
        if (dialect != null) {
            probe.settle(dialect, path);
            onReading(reading);
        } else {
            read(otherPaths, first == null ? reading.silence() : first);
        }
    }

    private PageReading readingOf(byte[] page) {
        return PageReading.of(engine.about(), page, probe.candidates(), nanoClock.getAsLong());
    }

    private void onReading(PageReading reading) {
        if (closed) {
            return;
        }
        EngineSignal signal = reading.signal();
        if (reading.silence() == SilenceCause.NOTHING_NEW && last != null) {
            signal = last.again(signal.takenAtNanos());
        }
        // Before all that could fail.
        readAgainIn(Math.max(config.interval().toNanos(), pauseNanos(reading, signal)));
        remember(reading, signal);
        logEdge(reading, signal);
        deliver(signal);
    }

    private void readAgainIn(long nanos) {
        if (nextReading != null) {
            nextReading.cancel(false);
        }
        nextReading = loop.schedule(this::turn, nanos, TimeUnit.NANOSECONDS);
    }

    private void remember(PageReading reading, EngineSignal signal) {
        SilenceCause silence = reading.silence();
        if (signal instanceof EngineSample sample) {
            last = sample;
            if (silence == null) {
                known = new Known(reading.dialect(), engine, reading.figures(), true);
            }
            return;
        }
        if (silence != null && silence.isAnswered()) {
            known = new Known(probe.known().orElse(null), engine, null, true);
        }
        introduced = probe.hasNoPage() && silence != null && silence.isAnswered();
        probe.onLost();
    }

    /** How long to leave the engine alone, apart from the interval. */
    private long pauseNanos(PageReading reading, EngineSignal signal) {
        if (signal instanceof EngineSample) {
            return probe.isSettled() ? 0 : UNUSABLE_INTERVAL_NANOS;
        }
        boolean unusable = reading.silence() == SilenceCause.TOO_LARGE
                || reading.silence() == SilenceCause.UNREADABLE
                || reading.silence() == SilenceCause.NO_DIALECT;
        return unusable ? UNUSABLE_INTERVAL_NANOS : SILENT_INTERVAL_NANOS;
    }

    private void deliver(EngineSignal signal) {
        try {
            signals.accept(signal);
        } catch (Throwable e) {
            LOG.error("A receiver of engine signals failed; reading goes on", e);
        }
    }

    private static Hearing hearing(PageReading reading, EngineSignal signal) {
        if (signal instanceof EngineSample) {
            return Hearing.SIGNALS;
        }
        SilenceCause silence = reading.silence();
        return silence != null && silence.isAnswered() ? Hearing.NO_PAGE : Hearing.SILENCE;
    }

    private void logEdge(PageReading reading, EngineSignal signal) {
        Hearing now = hearing(reading, signal);
        if (now == hearing) {
            return;
        }
        hearing = now;
        EngineFacts facts = facts();
        if (now == Hearing.SIGNALS) {
            LOG.info(
                    "Engine signals are there upstream={} kind={} version={} unreadableLines={} note={}",
                    upstream,
                    facts.kind(),
                    facts.version(),
                    reading.unreadableLines(),
                    facts.note());
        } else {
            LOG.warn(
                    "Engine signals are not there upstream={} kind={} url={} path={} cause={} note={}",
                    upstream,
                    facts.kind(),
                    config.url(),
                    config.path(),
                    reading.silence() == null ? "" : reading.silence().label(),
                    facts.note());
        }
    }
}
