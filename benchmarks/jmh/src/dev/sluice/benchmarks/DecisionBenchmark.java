package dev.sluice.benchmarks;

import dev.sluice.admission.AdmissionController;
import dev.sluice.admission.Arrival;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Finish;
import dev.sluice.admission.Usage;
import dev.sluice.admission.Verdict;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.SluiceConfig;
import java.time.Duration;
import java.util.ArrayDeque;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a decision costs: one step ends, one agent comes back, and whoever may go goes. Ten thousand agents are known, a thousand
 * of them wait, those that run and are resident fill the pool. What happens several times a second for all agents
 * together is measured apart.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(1)
public class DecisionBenchmark {

    private static final long STEP_NANOS = Duration.ofMillis(2).toNanos();
    private static final long TICK_NANOS = Duration.ofMillis(100).toNanos();
    /** The more agents are known, the longer from one look to the next: at least so long, or there would be calls without one. */
    private static final long LOOK_NANOS_EACH = 30_000;

    private static final int CONTEXT_TOKENS = 8_000;
    private static final int RUNNING = 200;

    @Param({"1000", "10000"})
    public int known;

    @Param("1000")
    public int waiting;

    private AdmissionController controller;
    private SplittableRandom chance;
    private final ArrayDeque<Integer> silent = new ArrayDeque<>();
    private final ArrayDeque<Long> running = new ArrayDeque<>();
    private final Map<Long, Integer> agentOf = new java.util.HashMap<>();
    private long[] contexts;
    private long nextStep;
    private long nowNanos;
    private long lookNanos;
    private long tickedNanos;

    /** Each time anew, or those that wait would be refused and those that are silent be forgotten. */
    @Setup(Level.Iteration)
    public void fill() {
        chance = new SplittableRandom(1);
        silent.clear();
        running.clear();
        agentOf.clear();
        nowNanos = 0;
        tickedNanos = 0;
        lookNanos = Duration.ofMillis(250).plusNanos(LOOK_NANOS_EACH * known).toNanos();
        contexts = new long[known];
        SluiceConfig config = ConfigReader.read("", Map.of(
                        "pool.tokens", (long) 2 * RUNNING * CONTEXT_TOKENS,
                        "queue.startedWait", "1h",
                        "agents.forgetAfter", "24h"))
                .config();
        controller = new AdmissionController(config);
        for (int agent = 0; agent < known; agent++) {
            contexts[agent] = CONTEXT_TOKENS / 2 + chance.nextInt(CONTEXT_TOKENS);
            silent.add(agent);
        }
        for (int agent = 0; agent < known; agent++) { // everybody comes once, so that everybody is known
            arrive();
            end();
            pass();
        }
        while (agentOf.size() < waiting + RUNNING && !silent.isEmpty()) {
            arrive();
            pass();
        }
    }

    /** Between decisions time passes; what belongs to the tick is not measured here. */
    @Setup(Level.Invocation)
    public void pass() {
        nowNanos += STEP_NANOS;
        if (nowNanos - tickedNanos >= TICK_NANOS) {
            tickedNanos = nowNanos;
            controller.onTick(nowNanos);
            takeVerdicts();
        }
    }

    /** Two decisions: after an end, and after an arrival. */
    @Benchmark
    public void endAndArrival() {
        end();
        arrive();
    }

    /** The tick that looks at everybody: the models of pauses and lives, the values of idle agents, the sums at the door. */
    @Benchmark
    public void look() {
        nowNanos += lookNanos;
        controller.onTick(nowNanos);
        takeVerdicts();
    }

    private void arrive() {
        Integer agent = silent.poll();
        if (agent == null) {
            return;
        }
        long step = ++nextStep;
        agentOf.put(step, agent);
        Arrival arrival = new Arrival("agent-" + agent, "benchmark", "default", null, false, true, 4 * contexts[agent], 256);
        controller.onArrival(step, arrival, nowNanos);
        takeVerdicts();
    }

    private void end() {
        Long step = running.poll();
        if (step == null) {
            return;
        }
        int agent = agentOf.remove(step);
        controller.onFirstToken(step, nowNanos);
        takeVerdicts();
        Usage usage = new Usage(contexts[agent], contexts[agent] - 64, 200, Finish.TOOL_CALL);
        controller.onEnd(step, Ending.COMPLETED, usage, nowNanos);
        silent.add(agent);
        takeVerdicts();
    }

    private void takeVerdicts() {
        for (Verdict verdict = controller.poll(); verdict != null; verdict = controller.poll()) {
            if (verdict instanceof Verdict.Forward) {
                running.add(verdict.stepId());
            } else {
                silent.add(agentOf.remove(verdict.stepId()));
            }
        }
    }
}
