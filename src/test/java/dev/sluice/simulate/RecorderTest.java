package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.emulator.Preset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recorded run is the run, told in a bounded number of moments. */
final class RecorderTest {

    private static final List<AgentScript> SCRIPTS = new AgentShape(6, 256, 1_800, 250, 30, 1, 0.6).atOnce(12, 1);

    @ParameterizedTest
    @ValueSource(strings = {"off", "working-set", "gauge", "token-gate-mended"})
    void lookingOnChangesNothing(String law) {
        Recorder recorder = new Recorder();

        Outcome recorded = simulation(law).run(SCRIPTS, recorder);

        assertThat(recorded).isEqualTo(simulation(law).run(SCRIPTS));
        List<Moment> moments = recorder.moments();
        assertThat(moments).hasSizeBetween(100, 400);
        assertThat(moments).extracting(Moment::seconds).isSorted();
        assertThat(moments).allSatisfy(moment -> {
            assertThat(moment.kvUsageRatio()).isBetween(0.0, 1.0);
            assertThat(moment.running() + moment.resident() + moment.waiting() + moment.parked())
                    .isBetween(0, 12);
        });
        assertThat(moments).anySatisfy(moment -> assertThat(moment.running()).isPositive());
    }

    @Test
    void aGateWithoutTokensTellsNoPressureAndCountsItsRequests() {
        Recorder recorder = new Recorder();
        simulation("token-gate-mended").run(SCRIPTS, recorder);

        assertThat(recorder.moments())
                .allSatisfy(moment -> assertThat(moment.pressure()).isNaN());
        assertThat(recorder.moments())
                .anySatisfy(moment -> assertThat(moment.waiting()).isPositive());
    }

    private static Simulation simulation(String law) {
        return Contender.named(law).simulation(Preset.TINY, Conditions.GOOD);
    }
}
