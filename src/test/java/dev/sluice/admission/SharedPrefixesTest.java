package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.control.EngineSample;
import org.junit.jupiter.api.Test;

/** An engine that finds a share of first prompts cached, and of the others all but the block at the end. */
final class SharedPrefixesTest {

    private static final long SECOND = 1_000_000_000L;
    private static final int BLOCK = 16;

    private final SharedPrefixes shared = new SharedPrefixes();
    private final Agent newcomer = Arrivals.agent(Arrivals.newcomer("a", 0), 0);
    private final Agent child = new Agent(Arrivals.newcomer("b", 0), newcomer, 0);
    private final Agent old = Arrivals.agent("c");
    private long nowNanos;
    private long asked;
    private long found;

    @Test
    void nothingIsSharedUntilTheCountersSaySo() {
        assertThat(shared.ratio(newcomer)).isZero();
        begin(newcomer, 1_000, 300);
        read(0);
        begin(newcomer, 1_000, 300);
        read(4.9);
        assertThat(shared.ratio(newcomer)).isZero();
        begin(newcomer, 1_000, 300);
        goOn(9_000);
        read(0.1);
        // 600 of 2,000.
        assertThat(shared.ratio(newcomer)).isEqualTo(0.3, within(1e-9));
        begin(newcomer, 1_000, 700);
        read(5);
        assertThat(shared.ratio(newcomer)).isEqualTo(0.5, within(1e-9));
        for (int window = 0; window < 5; window++) {
            begin(newcomer, 1_000, 500);
            read(5);
        }
        begin(newcomer, 1_000, 0);
        read(5);
        // No slower than a fifth of the way.
        assertThat(shared.ratio(newcomer)).isEqualTo(0.4, within(1e-9));
    }

    @Test
    void eachKindHasItsShareWhoeverElseGoesOn() {
        read(0);
        for (int window = 0; window < 300; window++) {
            for (int i = 0; i < 1 + window % 3; i++) {
                begin(newcomer, 2_000, 500);
            }
            for (int i = 0; i < 1 + window % 5; i++) {
                begin(child, 3_000, 2_400);
            }
            goOn(20_000);
            goOn(9_000);
            read(6);
        }
        assertThat(shared.ratio(newcomer)).isEqualTo(0.25, within(0.01));
        assertThat(shared.ratio(child)).isEqualTo(0.8, within(0.01));
    }

    @Test
    void aShareIsAShare() {
        read(0);
        for (int window = 0; window < 10; window++) {
            begin(newcomer, 1_000, 50_000);
            read(5);
        }
        assertThat(shared.ratio(newcomer)).isEqualTo(1);
        for (int window = 0; window < 10; window++) {
            begin(newcomer, 1_000, 0);
            lose(50_000);
            read(5);
        }
        assertThat(shared.ratio(newcomer)).isZero();
    }

    /** A window in which others used the engine says nothing, and neither does one without newcomers. */
    @Test
    void whatOthersFoundIsNotOurs() {
        read(0);
        begin(newcomer, 1_000, 500);
        asked += 101;
        read(5);
        assertThat(shared.ratio(newcomer)).isZero();
        goOn(5_000);
        found += 4_000;
        read(5);
        assertThat(shared.ratio(newcomer)).isZero();
        begin(newcomer, 1_000, 500);
        asked += 100;
        read(5);
        assertThat(shared.ratio(newcomer)).isEqualTo(0.5, within(1e-9));
    }

    @Test
    void aRestartAndWantOfCountersBeginAWindowAnew() {
        read(0);
        begin(newcomer, 1_000, 1_000);
        found = -1;
        read(5);
        found = 0;
        begin(newcomer, 1_000, 1_000);
        read(5);
        assertThat(shared.ratio(newcomer)).isZero();
        begin(newcomer, 1_000, 800);
        read(5);
        assertThat(shared.ratio(newcomer)).isEqualTo(0.8, within(1e-9));
        begin(newcomer, 1_000, 0);
        found = 10;
        read(5);
        assertThat(shared.ratio(newcomer)).isEqualTo(0.8, within(1e-9));
    }

    private void begin(Agent agent, int promptTokens, int foundTokens) {
        go(agent, Arrivals.newcomer(agent.id, 0), promptTokens, 0, foundTokens);
    }

    private void goOn(int contextTokens) {
        go(old, Arrivals.started("c", 0), contextTokens + 700, contextTokens, contextTokens - BLOCK);
    }

    private void lose(int contextTokens) {
        go(old, Arrivals.started("c", 0), contextTokens, contextTokens, 0);
    }

    private void go(Agent agent, Arrival arrival, int promptTokens, int knownTokens, int foundTokens) {
        Footprints.Estimate estimate = new Footprints.Estimate(promptTokens, knownTokens, promptTokens);
        shared.onForward(Arrivals.step(agent, arrival, estimate, nowNanos));
        asked += promptTokens;
        found += foundTokens;
    }

    private void read(double afterSeconds) {
        nowNanos += (long) (afterSeconds * SECOND);
        shared.onSample(new EngineSample(nowNanos, 100_000, "told", 0.5, 1, 0, asked, found, -1, -1, -1, -1, false, 1));
    }
}
