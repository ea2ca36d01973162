package dev.sluice.simulate;

import dev.sluice.admission.Ending;
import dev.sluice.admission.Usage;
import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * For comparison: a gate that counts tokens of programs against the pool, as ThunderAgent does (commit a7eef77, read in its
 * scheduler). Every five seconds it lets waiting programs in, those with a request first, then new ones, then those whose
 * tool runs, the smallest first within each; then, while the active programs exceed the pool, it pauses the smallest whose
 * tool runs, and when none is left marks running ones, the smallest first, to be paused at their end. A new program goes
 * at once if it fits; one that has waited for 30 minutes goes in any case.
 *
 * <p>As published, what is marked is not subtracted, so that one token too many marks every running program; {@code mended}
 * subtracts it. Nobody tells it that a program has ended: without that its place is held until it is paused. Shared tokens
 * are not subtracted. Not thread-safe.
 */
final class TokenGate extends ComparedGate {

    private static final Duration TICK = Duration.ofSeconds(5);
    private static final long LONGEST_WAIT_NANOS = Duration.ofMinutes(30).toNanos();
    private static final long BUFFER_TOKENS = 100;

    private static final class Program {
        final String id;
        long tokens;
        boolean active;
        boolean running;
        boolean marked;
        boolean answered;

        @Nullable
        Asker waiting;

        Program(String id) {
            this.id = id;
        }

        long need() {
            return tokens + BUFFER_TOKENS;
        }
    }

    private static final Comparator<Program> SMALLEST_FIRST =
            Comparator.<Program>comparingLong(program -> program.tokens).thenComparing(program -> program.id);

    private final boolean mended;
    private final Map<String, Program> programs = new HashMap<>();
    private long poolTokens;

    TokenGate(VirtualTime time, boolean mended) {
        super(time);
        this.mended = mended;
        time.repeat(TICK, this::tick);
    }

    @Override
    void arrive(Asker asker) {
        Program program = programs.computeIfAbsent(asker.arrival.agentId(), Program::new);
        boolean isNew = !program.answered && !program.active;
        program.waiting = asker;
        if (isNew) {
            program.tokens = asker.arrival.bodyBytes() / 4;
            program.active = program.need() <= left();
        }
        if (program.active) {
            start(program);
        }
    }

    private void start(Program program) {
        Asker asker = program.waiting;
        if (asker != null) {
            program.waiting = null;
            program.running = true;
            go(asker);
        }
    }

    @Override
    void withdraw(Asker asker) {
        Program program = programs.get(asker.arrival.agentId());
        if (program != null && program.waiting == asker) {
            program.waiting = null;
        }
    }

    @Override
    void ended(Asker asker, Ending ending, Usage usage) {
        Program program = programs.get(asker.arrival.agentId());
        if (program == null) {
            return;
        }
        program.running = false;
        if (usage.tellsContext()) {
            program.answered = true;
            program.tokens = usage.contextTokens();
        }
        if (asker.arrival.anonymous()) {
            programs.remove(program.id);
        } else if (program.marked) {
            program.marked = false;
            program.active = false;
        }
    }

    @Override
    public void onSignal(EngineSignal signal) {
        if (signal instanceof EngineSample sample && sample.poolTokens() > 0) {
            poolTokens = sample.poolTokens();
        }
    }

    private long left() {
        long used = 0;
        for (Program program : programs.values()) {
            if (program.active && !(mended && program.marked)) {
                used += program.need();
            }
        }
        return poolTokens - used;
    }

    private void tick() {
        resume();
        while (left() < 0) {
            Program acting = smallest(program -> program.active && !program.running);
            if (acting != null) {
                acting.active = false;
                continue;
            }
            Program running = smallest(program -> program.running && !program.marked);
            if (running == null) {
                return;
            }
            running.marked = true;
        }
    }

    private void resume() {
        long left = left();
        for (Program program : inOrderOfResume()) {
            boolean overdue =
                    program.waiting != null && time().nowNanos() - program.waiting.arrivedNanos >= LONGEST_WAIT_NANOS;
            if (program.need() <= left || overdue) {
                left -= program.need();
                program.active = true;
                start(program);
            }
        }
    }

    private List<Program> inOrderOfResume() {
        List<Program> paused = new ArrayList<>();
        for (Program program : programs.values()) {
            if (!program.active) {
                paused.add(program);
            }
        }
        paused.sort(Comparator.<Program>comparingInt(TokenGate::rank).thenComparing(SMALLEST_FIRST));
        return paused;
    }

    private static int rank(Program program) {
        if (!program.answered) {
            return 1;
        }
        return program.waiting != null ? 0 : 2;
    }

    private @Nullable Program smallest(Predicate<Program> which) {
        return programs.values().stream().filter(which).min(SMALLEST_FIRST).orElse(null);
    }
}
