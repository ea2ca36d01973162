package dev.sluice.benchmarks;

import dev.sluice.admission.AdmissionController;
import dev.sluice.admission.Arrival;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Usage;
import dev.sluice.admission.Verdict;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.SluiceConfig;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs the gate that a client leaves, that the next one goes, and that time passes, while a crowd waits. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class HeldBenchmark {

    private static final int NOBODY = -2;

    @Param("100000")
    public int waiting;

    private final SplittableRandom chance = new SplittableRandom(1);
    private AdmissionController controller;
    private long[] held;
    private int free;

    /** They go in the order in which they came, which is that of their places. */
    private long went;

    private long running;
    private long nextStep;
    private long nowNanos;

    @Setup(Level.Trial)
    public void fill() {
        SluiceConfig config = ConfigReader.read(
                        "",
                        Map.of(
                                "law.name", "static",
                                "law.static.agents", 1,
                                "queue.maxSteps", 1_000_000,
                                "queue.maxBytes", "8GiB",
                                "queue.doorWait", "3m",
                                "agents.forgetAfter", "168h"))
                .config();
        controller = new AdmissionController(config);
        held = new long[waiting];
        running = arrive();
        for (free = 0; free < waiting; free++) {
            held[free] = arrive();
        }
        free = -1;
    }

    /** Another takes the place of the one that left or went; not measured. */
    @TearDown(Level.Invocation)
    public void refill() {
        if (free == NOBODY) {
            return;
        }
        if (free < 0) {
            free = (int) (went++ % waiting);
        }
        held[free] = arrive();
    }

    @Benchmark
    public boolean oneLeaves() {
        free = chance.nextInt(waiting);
        boolean left = controller.onWithdraw(held[free], nowNanos);
        take();
        return left;
    }

    /** The longest waiting goes. */
    @Benchmark
    public long oneEndsAndTheNextGoes() {
        controller.onEnd(running, Ending.COMPLETED, Usage.NONE, nowNanos);
        running = take();
        free = -1;
        return running;
    }

    /** A tick that visits all; with so many there is one in three seconds. So few that nobody's wait is over. */
    @BenchmarkMode(Mode.SingleShotTime)
    @Warmup(iterations = 10)
    @Measurement(iterations = 40)
    @Benchmark
    public long timePasses() {
        nowNanos += 3_100_000_000L;
        controller.onTick(nowNanos);
        free = NOBODY;
        return take();
    }

    private long arrive() {
        long step = ++nextStep;
        nowNanos += 1_000;
        controller.onArrival(step, new Arrival("agent-" + step, "benchmark", "default", null, false, false, 1_000, 256), nowNanos);
        take();
        return step;
    }

    private long take() {
        long gone = -1;
        for (Verdict verdict = controller.poll(); verdict != null; verdict = controller.poll()) {
            gone = verdict.stepId();
        }
        return gone;
    }
}
