package dev.sluice.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.FaultPoints;
import dev.sluice.admission.AdmissionController;
import dev.sluice.admission.Arrival;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Finish;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Snapshot;
import dev.sluice.admission.Usage;
import dev.sluice.agent.Attribution;
import dev.sluice.agent.Fingerprint;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.IdentityConfig;
import dev.sluice.config.Mode;
import dev.sluice.config.SluiceConfig;
import dev.sluice.simulate.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * A fault at every point at which the gate calls its observer, on one way through all that it can be asked. Wherever it
 * comes, everybody who asked is answered once, and when all have ended nothing is counted as running or waiting.
 */
final class GateFaultPointsTest {

    /** More than the way has. */
    private static final int MOST_POINTS = 400;

    private static final Usage USAGE = new Usage(100, 0, 10, Finish.TOOL_CALL);

    private final VirtualTime time = new VirtualTime();

    @Test
    void aFaultLosesNobody() {
        int point = 1;
        while (failsAt(point)) {
            assertThat(++point).isLessThan(MOST_POINTS);
        }
        assertThat(point).isGreaterThan(30);
    }

    private boolean failsAt(int point) {
        FaultPoints faults = new FaultPoints(point);
        GateLoop gate = new GateLoop(
                new Attribution(IdentityConfig.Fingerprint.DEFAULT, 1),
                new AdmissionController(oneAgent()),
                faults.of(GateObserver.class, new GateObserver() {}),
                new GuardedLoop(time));
        gate.start();
        faults.arm();

        Asker first = ask(gate, "a");
        Asker second = ask(gate, "b");
        Asker left = ask(gate, "c");
        left.claim.withdraw();
        second.claim.look();
        settle();
        first.permits.forEach(Permit::onFirstToken);
        first.end();
        Asker again = ask(gate, "a");
        gate.switchTo(Mode.SHADOW);
        gate.switchTo(Mode.ENFORCE);
        second.end();
        gate.onCacheCleared();
        gate.configure(oneAgent());
        gate.endAgent("a");
        again.end();
        Asker held = ask(gate, "d");
        Asker late = ask(gate, "e");
        gate.drain();
        Asker refused = ask(gate, "f");
        faults.disarm();

        for (Asker asker : List.of(first, second, again, held, late, refused)) {
            asker.end();
            assertThat(asker.permits.size() + asker.refusals)
                    .as("answers to %s after a fault at %s", asker.agent, faults.where())
                    .isEqualTo(1);
        }
        assertThat(left.permits.size() + left.refusals)
                .as("after a fault at " + faults.where())
                .isLessThan(2);
        left.end();
        Snapshot snapshot = settled(gate.snapshot());
        assertThat(snapshot.permits())
                .as("permits after a fault at " + faults.where())
                .isZero();
        assertThat(snapshot.agents().running())
                .as("running after a fault at " + faults.where())
                .isZero();
        assertThat(snapshot.queue().size())
                .as("waiting after a fault at " + faults.where())
                .isZero();
        return !faults.where().isEmpty();
    }

    private Asker ask(GateLoop gate, String agent) {
        Asker asker = new Asker(agent);
        asker.claim = gate.ask(
                new Arrival(agent, "test", "default", null, false, true, 100, -1), Fingerprint.NONE, asker, time);
        settle();
        return asker;
    }

    private <T> T settled(CompletableFuture<T> future) {
        settle();
        return future.join();
    }

    private void settle() {
        while (time.runNext(time.nowNanos())) {
            // everything due now
        }
    }

    private static SluiceConfig oneAgent() {
        return ConfigReader.read(
                        "{pool: {tokens: 100000}, law: {name: static, static: {agents: 1}}}",
                        Map.of("upstream.url", "http://127.0.0.1:1"))
                .config();
    }

    /** Who ends what it is given. */
    private final class Asker implements Gate.Caller {

        private final String agent;
        private final List<Permit> permits = new ArrayList<>();
        private final List<Permit> open = new ArrayList<>();
        private int refusals;
        private Gate.Claim claim = () -> {};

        Asker(String agent) {
            this.agent = agent;
        }

        @Override
        public void forward(Permit permit) {
            permits.add(permit);
            open.add(permit);
        }

        @Override
        public void refused(Refusal refusal) {
            refusals++;
        }

        void end() {
            open.forEach(permit -> permit.end(Ending.COMPLETED, USAGE));
            open.clear();
            settle();
        }
    }

    /** Virtual time whose tasks are at their edge, as in production. */
    private record GuardedLoop(VirtualTime time) implements Loop {

        @Override
        public long nowNanos() {
            return time.nowNanos();
        }

        @Override
        public void repeat(Duration period, Runnable task) {
            time.repeat(period, new GuardedTask(task));
        }

        @Override
        public void execute(Runnable task) {
            time.execute(new GuardedTask(task));
        }
    }
}
