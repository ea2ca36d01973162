package dev.sluice.app;

import dev.sluice.admin.AdminSource.Savings;
import dev.sluice.config.SluiceConfig;
import dev.sluice.decision.Decision;
import dev.sluice.emulator.Preset;
import dev.sluice.gate.ThreadLoop;
import dev.sluice.simulate.EngineSpeed;
import dev.sluice.simulate.Forecast;
import dev.sluice.simulate.Recorded;
import dev.sluice.simulate.Recording;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes, at each interval, the report of what enforcement changes or would change, from the youngest decisions. It is made on a
 * thread of its own with the lowest priority, to which decisions are handed over. Thread-safe; the recording is confined to that
 * thread.
 */
final class Reports implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("sluice.report");

    /** Of fewer steps nothing is said. */
    private static final int LEAST_STEPS = 20;

    /** Enough for as long as a report takes to be made. */
    private static final int MOST_PENDING = 65_536;

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Supplier<SluiceConfig> config;
    private final BlockingQueue<Decision> pending = new ArrayBlockingQueue<>(MOST_PENDING);
    private final ThreadLoop loop = new ThreadLoop("sluice-report");
    private final LongAdder dropped = new LongAdder();
    private final Recording recording;
    private EngineSpeed speed = EngineSpeed.PRESET;
    private long reportedNanos = Long.MIN_VALUE;
    private volatile @Nullable Savings latest;
    private volatile String missing = "the first report is made after report.interval";

    /** @param config the settings in force */
    Reports(Supplier<SluiceConfig> config) {
        this.config = config;
        this.recording = new Recording(config.get().report().maxSteps());
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it; where it has an effect, answers go before reports
    void start() {
        loop.execute(() -> Thread.currentThread().setPriority(Thread.MIN_PRIORITY));
        loop.repeat(LOOK, this::record);
        loop.repeat(config.get().report().interval(), this::make);
    }

    /** Hands a decision over; returns at once. What finds no place is missing in the report. */
    void onDecision(Decision decision) {
        if (!pending.offer(decision)) {
            dropped.increment();
        }
    }

    /** Decisions that are missing in the reports, since the start. */
    long dropped() {
        return dropped.sum();
    }

    private void record() {
        for (Decision next = pending.poll(); next != null; next = pending.poll()) {
            if (next instanceof Decision.ModeSwitched) {
                recording.beginAnew();
            }
            recording.onDecision(next);
        }
    }

    /** The last report; empty if there is none, and {@link #missing} tells why. */
    Optional<Savings> latest() {
        return Optional.ofNullable(latest);
    }

    /** Why there is no report, for people; empty if there is one. */
    String missing() {
        return latest == null ? missing : "";
    }

    /** Makes a report of what is known now. Confined to the loop. */
    private void make() {
        record();
        Recorded recorded = recording.recorded();
        if (recorded.steps() < LEAST_STEPS) {
            missing = "there were fewer than " + LEAST_STEPS + " answered steps";
            return;
        }
        if (recorded.lastNanos() == reportedNanos) {
            return; // nothing has come since the last one
        }
        reportedNanos = recorded.lastNanos();
        SluiceConfig settings = config.get();
        try {
            Preset preset = Preset.named(settings.report().preset());
            Forecast forecast = Forecast.of(recorded, settings, preset, speed);
            speed = forecast.speed();
            Savings report = new Savings(
                    Instant.now(),
                    forecast,
                    settings.report().gpus(),
                    settings.report().gpuHourPrice());
            latest = report;
            tell(report);
        } catch (IllegalArgumentException e) {
            missing = String.valueOf(e.getMessage());
        }
    }

    private static void tell(Savings report) {
        Forecast forecast = report.forecast();
        LOG.info(
                "What enforcement {} mode={} steps={} agents={} heldSteps={} pausedAgents={} meanWaitSeconds={}"
                        + " savedPrefillTokens={} savedGpuSeconds={} savedMoney={} prefillError={} timeError={}",
                forecast.isEnforced() ? "changes" : "would change",
                forecast.recorded().mode(),
                forecast.recorded().steps(),
                forecast.recorded().agents().size(),
                forecast.enforced().figures().heldSteps(),
                forecast.enforced().figures().pausedAgents(),
                number(forecast.enforced().figures().waitSeconds().mean()),
                forecast.savedPrefillTokens(),
                number(report.gpuSeconds()),
                number(report.money()),
                number(forecast.prefillError()),
                number(forecast.timeError()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    @Override
    public void close() {
        loop.close();
    }
}
