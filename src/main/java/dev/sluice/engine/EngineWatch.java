package dev.sluice.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.config.SignalsConfig;
import dev.sluice.config.UpstreamAddress;
import dev.sluice.control.EngineSignal;
import dev.sluice.control.EngineSilence;
import dev.sluice.net.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the engine's metrics page again and again, over one kept connection, and reports each reading, good or not. The
 * next reading starts an interval after the last one ended, so they never overlap; while the engine is silent, not more
 * than once a second. After the first good page of each connection it also asks the engine for its version.
 *
 * <p>Thread-safe. Owns one thread, on which the signals are delivered; what receives them must not block.
 */
public final class EngineWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineWatch.class);

    private static final long SILENT_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int MAX_VERSION_BYTES = 4096;
    private static final int MAX_VERSION_CHARS = 64;

    private final UpstreamAddress upstream;
    private final SignalsConfig config;
    private final LongSupplier nanoClock;
    private final Consumer<EngineSignal> signals;
    private final EventLoopGroup loops;
    private final EventLoop loop;
    private final EngineConnection connection;

    private volatile EngineFacts facts = EngineFacts.UNKNOWN;
    private volatile boolean closed;

    // Confined to the loop.
    private Hearing hearing = Hearing.NOTHING_YET;
    private int versionAskedOn;
    private boolean versionUnanswered;
    private @Nullable ScheduledFuture<?> nextReading;

    private enum Hearing {
        NOTHING_YET,
        SIGNALS,
        SILENCE
    }

    /**
     * Does nothing before {@link #start}.
     *
     * @param nanoClock monotonic; stamps the signals
     * @param signals called for each reading, on the watch's own thread
     * @throws IllegalStateException if the JDK cannot set up TLS for an {@code https} upstream
     */
    public EngineWatch(
            UpstreamAddress upstream, SignalsConfig config, LongSupplier nanoClock, Consumer<EngineSignal> signals) {
        this(upstream, config, nanoClock, signals, upstream.isTls() ? jdkTls() : null);
    }

    EngineWatch(
            UpstreamAddress upstream,
            SignalsConfig config,
            LongSupplier nanoClock,
            Consumer<EngineSignal> signals,
            @Nullable SslContext tls) {
        this.upstream = upstream;
        this.config = config;
        this.nanoClock = nanoClock;
        this.signals = signals;
        this.loops = Transport.best().eventLoops(1, "sluice-engine");
        this.loop = loops.next();
        this.connection = new EngineConnection(loop, upstream, config, tls);
    }

    /** Starts reading; once. */
    public void start() {
        loop.execute(this::readMetrics);
    }

    /** What the engine told about itself so far. */
    public EngineFacts facts() {
        return facts;
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
        connection.close();
    }

    private void readMetrics() {
        if (closed) {
            return;
        }
        connection.get(config.path(), new EngineConnection.Reader() {
            @Override
            public void onPage(byte[] page) {
                onReading(PageReading.of(page, nanoClock.getAsLong()));
            }

            @Override
            public void onFailure(SilenceCause cause) {
                onReading(new PageReading("", new EngineSilence(nanoClock.getAsLong(), cause.label()), 0));
            }
        });
    }

    private void onReading(PageReading reading) {
        boolean heard = reading.signal().match(sample -> true, silence -> false);
        logEdge(reading);
        deliver(reading.signal());
        if (!heard) {
            readMetricsIn(Math.max(config.interval().toNanos(), SILENT_INTERVAL_NANOS));
            return;
        }
        if (!facts.kind().equals(reading.kind())) {
            facts = new EngineFacts(reading.kind(), "");
        }
        if (versionAskedOn == connection.opened() || versionUnanswered) {
            readMetricsIn(config.interval().toNanos());
        } else {
            readVersion();
        }
    }

    private void readVersion() {
        if (closed) {
            return;
        }
        versionAskedOn = connection.opened();
        connection.get("/version", new EngineConnection.Reader() {
            @Override
            public void onPage(byte[] page) {
                facts = new EngineFacts(facts.kind(), version(page));
                readMetricsIn(config.interval().toNanos());
            }

            @Override
            public void onFailure(SilenceCause cause) {
                // It is for display only: an engine that hangs here must not slow its metrics down again.
                versionUnanswered = cause == SilenceCause.TIMED_OUT;
                facts = new EngineFacts(facts.kind(), "");
                readMetricsIn(config.interval().toNanos());
            }
        });
    }

    private void readMetricsIn(long delayNanos) {
        if (!closed) {
            nextReading = loop.schedule(this::readMetrics, delayNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void deliver(EngineSignal signal) {
        if (closed) {
            return;
        }
        try {
            signals.accept(signal);
        } catch (RuntimeException e) {
            LOG.error("A receiver of engine signals failed; reading goes on", e);
        }
    }

    private void logEdge(PageReading reading) {
        Hearing now = reading.signal().match(sample -> Hearing.SIGNALS, silence -> Hearing.SILENCE);
        if (now == hearing || closed) {
            return;
        }
        hearing = now;
        if (now == Hearing.SIGNALS) {
            LOG.info(
                    "Engine signals are there upstream={} kind={} unreadableLines={}",
                    upstream,
                    reading.kind(),
                    reading.unreadableLines());
        } else {
            String cause = reading.signal().match(sample -> "", EngineSilence::cause);
            LOG.warn("Engine signals are lost upstream={} path={} cause={}", upstream, config.path(), cause);
        }
    }

    /** From {@code {"version": "0.32.0"}}; empty if it is anything else. */
    private static String version(byte[] page) {
        if (page.length > MAX_VERSION_BYTES) {
            return "";
        }
        try {
            JsonNode answer = new ObjectMapper().readTree(page);
            String version = answer.path("version").asText("");
            return version.length() <= MAX_VERSION_CHARS && version.chars().allMatch(c -> c > ' ' && c < 127)
                    ? version
                    : "";
        } catch (IOException notJson) {
            return "";
        }
    }

    private static SslContext jdkTls() {
        try {
            return SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }
}
