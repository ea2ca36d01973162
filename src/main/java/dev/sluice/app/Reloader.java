package dev.sluice.app;

import dev.sluice.config.ConfigReader;
import dev.sluice.config.Reload;
import dev.sluice.config.SluiceConfig;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the configuration says now into force, all of it or nothing. What needs a restart is named each time until it
 * had one. Thread-safe.
 */
final class Reloader {

    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    private final ConfigSource source;
    private final SluiceConfig atStart;
    private final BiFunction<SluiceConfig, Boolean, CompletableFuture<?>> apply;
    private final Consumer<Reload> told;
    private SluiceConfig inForce;

    /**
     * @param atStart what the process was started with
     * @param apply puts a configuration in force, of which all can change while Sluice runs; the mode only if it is told to: somebody may have switched it by hand
     * @param told of each reading, before it is in force
     */
    Reloader(
            ConfigSource source,
            SluiceConfig atStart,
            BiFunction<SluiceConfig, Boolean, CompletableFuture<?>> apply,
            Consumer<Reload> told) {
        this.source = source;
        this.atStart = atStart;
        this.inForce = atStart;
        this.apply = apply;
        this.told = told;
    }

    /**
     * Reads again and puts in force what can change while Sluice runs.
     *
     * @param cause for the log
     */
    synchronized CompletableFuture<Reload> reload(String cause) {
        ConfigReader.Result now = source.read();
        Reload reload = Reload.of(atStart, inForce, now);
        told.accept(reload);
        if (!reload.isValid()) {
            reload.problems()
                    .forEach(problem -> LOG.warn(
                            "Configuration refused, the one before stays in force cause={} file={} problem=\"{}\"",
                            cause,
                            source.name(),
                            problem));
            return CompletableFuture.completedFuture(reload);
        }
        LOG.info(
                "Configuration read again cause={} file={} applied={} needsRestart={}",
                cause,
                source.name(),
                reload.applied(),
                reload.needsRestart());
        boolean isModeChanged =
                reload.applied().stream().anyMatch(change -> change.key().equals("mode"));
        inForce = now.config().withFixedOf(atStart);
        return apply.apply(inForce, isModeChanged).thenApply(done -> reload);
    }
}
