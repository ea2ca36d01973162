package dev.sluice.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RoomPriceTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final RoomPrice price = new RoomPrice();

    @Test
    void roomIsDearWhileTheEngineIdles() {
        run(0, 0, 60);
        assertThat(price.kappa()).isEqualTo(8);
    }

    @Test
    void roomIsCheapWhileTheEngineRecomputes() {
        run(1, 0.9, 600);
        assertThat(price.kappa()).isEqualTo(0.25);
    }

    @Test
    void followsTheFormulaBetween() {
        run(0.5, 0.5, 3_000);
        assertThat(price.kappa()).isCloseTo(0.65 * 0.5 / 0.5, within(0.01));
    }

    @Test
    void aShortHistoryIsNotTakenForAnIdleOne() {
        run(0.5, 0.5, 10);
        assertThat(price.kappa()).isCloseTo(0.65, within(0.05));
    }

    private void run(double loadRatio, double fillRatio, int seconds) {
        for (int second = 0; second <= seconds; second++) {
            price.onFill(fillRatio, second * SECOND);
            if (second > 0) {
                price.onPrefillWork(loadRatio, second * SECOND);
            }
        }
    }
}
