package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.SluiceConfig;
import dev.sluice.telemetry.Telemetry;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KvTallyTest {

    private final Telemetry telemetry = new Telemetry(SluiceConfig.DEFAULT, "test");
    private final AtomicInteger clearings = new AtomicInteger();
    private final KvTally tally = new KvTally(telemetry, clearings::incrementAndGet);

    @AfterEach
    void close() {
        telemetry.close();
    }

    @Test
    void nothingIsAddedToTheFiguresBeforeAnythingWasTold() {
        assertThat(tally.beside(Map.of("running", 1.0))).isEqualTo(Map.of("running", 1.0));
    }

    @Test
    void whatEnteredAndWhatWasLetGoStandBesideTheFigures() {
        tally.onStored(2, 64);
        tally.onRemoved(1, 32, true);
        tally.onRemoved(5, 160, false);
        tally.onMissed(3);
        assertThat(tally.beside(Map.of("running", 1.0)))
                .isEqualTo(Map.of(
                        "running", 1.0,
                        "kvEventsStoredTokens", 64.0,
                        "kvEventsEvictedBlocks", 1.0,
                        "kvEventsEvictedTokens", 32.0,
                        "kvEventsMissed", 3.0));
        assertThat(clearings).hasValue(0);
    }

    @Test
    void thatAllWasLetGoAtOnceIsPassedOn() {
        tally.onCleared();
        assertThat(clearings).hasValue(1);
    }
}
