package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.config.AgentsConfig;
import dev.sluice.config.LawConfig;
import dev.sluice.config.Mode;
import dev.sluice.config.QueueConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.EngineSilence;
import dev.sluice.control.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever happens in whatever order, the books are right after each event: a step has at most one verdict, the queue is as large
 * as what waits and within its bounds, and an agent runs for each step that has gone and not ended.
 */
final class AdmissionFuzzTest {

    private static final int RUNS = 12;
    private static final int EVENTS = 400;
    private static final long POOL = 50_000;
    private static final long SECOND = GateBench.SECOND;

    private static final Usage[] USAGES = {
        Usage.NONE,
        new Usage(2_000, 1_500, 50, Finish.TOOL_CALL),
        new Usage(9_000, 0, 500, Finish.END_OF_TURN),
        new Usage(12_000, 9_500, 500, Finish.TOOL_CALL),
        new Usage(9_000, Usage.UNKNOWN, 10, Finish.UNKNOWN)
    };
    private static final Ending[] ENDINGS = {
        Ending.COMPLETED, Ending.COMPLETED, Ending.CLIENT_GONE, Ending.ENGINE_DIED, Ending.ENGINE_REFUSED
    };

    /** One gate, and what it was told and has told. */
    private static final class Run {

        private final LawConfig.Name law;
        private final SplittableRandom chance;
        private final Map<Long, Arrival> waiting = new TreeMap<>();
        private final Map<Long, Arrival> gone = new TreeMap<>();
        private Mode mode = Mode.ENFORCE;
        private SluiceConfig config;
        private final AdmissionController controller;
        private long nextId;
        private long nowNanos;

        Run(LawConfig.Name law, long seed) {
            this.law = law;
            this.chance = new SplittableRandom(seed);
            this.config = anyConfig();
            this.controller = new AdmissionController(config);
        }

        private SluiceConfig anyConfig() {
            int maxSteps = 1 + chance.nextInt(30);
            long maxBytes = 10_000L * (1 + chance.nextInt(50));
            Duration wait = Duration.ofSeconds(1 + chance.nextInt(200));
            QueueConfig queue = new QueueConfig(maxSteps, maxBytes, wait, wait, 3, 429);
            int agents = chance.nextInt(8);
            long tokens = agents == 0 || chance.nextBoolean() ? 10_000L * (1 + chance.nextInt(5)) : 0;
            LawConfig laws = new LawConfig(
                    law,
                    LawConfig.WorkingSet.DEFAULT,
                    new LawConfig.Concur(Duration.ofSeconds(5), 4, 8),
                    new LawConfig.Static(agents, tokens));
            return GateBench.remembering(5 + chance.nextInt(40), GateBench.config(laws, POOL, Mode.ENFORCE, queue));
        }

        private Arrival anyArrival() {
            String name = "a" + chance.nextInt(25);
            boolean anonymous = chance.nextInt(6) == 0;
            String parent = chance.nextInt(3) == 0 ? "a" + chance.nextInt(25) : null;
            Arrival arrival = new Arrival(
                    anonymous ? "none" + nextId : name,
                    "test",
                    chance.nextBoolean() ? "default" : "other",
                    anonymous ? null : parent,
                    anonymous,
                    !anonymous && chance.nextBoolean(),
                    chance.nextInt(4) == 0 ? chance.nextInt(200_000) : chance.nextInt(10_000),
                    chance.nextBoolean() ? -1 : 100,
                    anonymous && chance.nextBoolean(),
                    chance.nextBoolean());
            if (!anonymous && chance.nextInt(4) == 0) {
                arrival = arrival.with(Continuity.displacing("f-" + nextId));
            }
            if (chance.nextInt(10) == 0) {
                arrival = arrival.asLast();
            }
            if (chance.nextInt(10) == 0) {
                arrival = arrival.asAgain();
            }
            return arrival.with(0.5 + chance.nextDouble());
        }

        /** Lets something happen; its name. */
        String happen() {
            nowNanos += chance.nextLong(chance.nextInt(20) == 0 ? 300 * SECOND : 2 * SECOND);
            int kind = chance.nextInt(100);
            if (kind < 40) {
                Arrival arrival = anyArrival();
                waiting.put(++nextId, arrival);
                controller.onArrival(nextId, arrival, nowNanos);
                return "arrival " + nextId + " " + arrival;
            } else if (kind < 47) {
                long step = anyStep();
                boolean left = controller.onWithdraw(step, nowNanos);
                assertThat(left).isEqualTo(waiting.remove(step) != null);
                return "withdrawal " + step;
            } else if (kind < 55) {
                long step = anyStep();
                controller.onFirstToken(step, nowNanos);
                return "first token " + step;
            } else if (kind < 80) {
                Long step = any(gone);
                if (step != null) {
                    end(step);
                }
                return "end " + step;
            } else if (kind < 88) {
                controller.onTick(nowNanos);
                return "tick";
            }
            return rare();
        }

        private String rare() {
            switch (chance.nextInt(6)) {
                case 0 -> {
                    controller.onAgentEnd("a" + chance.nextInt(25), nowNanos);
                    return "end of an agent";
                }
                case 1 -> {
                    mode = Mode.values()[chance.nextInt(Mode.values().length)];
                    controller.onMode(mode, nowNanos);
                    return "mode " + mode;
                }
                case 2 -> {
                    controller.onSignal(Samples.progress(nowNanos, POOL, nowNanos), nowNanos);
                    return "sample";
                }
                case 3 -> {
                    controller.onSignal(new EngineSilence(nowNanos, "timed_out"), nowNanos);
                    return "silence";
                }
                case 4 -> {
                    controller.onCacheCleared(nowNanos);
                    return "cache cleared";
                }
                default -> {
                    config = anyConfig();
                    controller.onConfig(config, nowNanos);
                    return "reload " + config.queue() + config.law() + config.agents();
                }
            }
        }

        void end(long step) {
            Usage usage = USAGES[chance.nextInt(USAGES.length)];
            gone.remove(step);
            controller.onEnd(step, ENDINGS[chance.nextInt(ENDINGS.length)], usage, nowNanos);
        }

        private @Nullable Long any(Map<Long, Arrival> steps) {
            List<Long> ids = new ArrayList<>(steps.keySet());
            return ids.isEmpty() ? null : ids.get(chance.nextInt(ids.size()));
        }

        /** One that waits, mostly; otherwise any that ever came, or never did. */
        private long anyStep() {
            Long step = chance.nextInt(4) == 0 ? null : any(chance.nextBoolean() ? waiting : gone);
            return step == null ? chance.nextLong(nextId + 2) : step;
        }

        void check(String what) {
            for (Verdict verdict = controller.poll(); verdict != null; verdict = controller.poll()) {
                long step = verdict.stepId();
                Arrival arrival = waiting.remove(step);
                assertThat(arrival)
                        .as("%s: verdict of a step that waits: %s", what, verdict)
                        .isNotNull();
                verdict.match(go -> gone.put(step, arrival), refuse -> {});
            }
            Snapshot now = controller.snapshot(10_000, nowNanos);
            long bytes = waiting.values().stream().mapToLong(Arrival::bodyBytes).sum();
            assertThat(now.queue().size()).as(what).isEqualTo(waiting.size());
            assertThat(now.queue().bytes()).as(what).isEqualTo(bytes);
            assertThat(waiting).as(what).hasSizeLessThanOrEqualTo(config.queue().maxSteps());
            assertThat(bytes).as(what).isLessThanOrEqualTo(config.queue().maxBytes());
            assertThat(waiting.isEmpty() || mode == Mode.ENFORCE).as(what).isTrue();
            assertThat(now.permits()).as(what).isEqualTo(gone.size());
            assertThat(now.agents().running()).as(what).isEqualTo(gone.size());
            assertThat(now.agents().waiting()).as(what).isEqualTo(waiting.size());
            double held = now.list().stream()
                    .mapToLong(Snapshot.AgentView::heldTokens)
                    .sum();
            assertThat(now.pressure() * now.poolTokens())
                    .as(what)
                    .isCloseTo(held, within(1.0 + now.list().size()));
            checkHeldParents(now, what);
        }

        /** A prefix is held for children only as long as one of them holds room. */
        private void checkHeldParents(Snapshot now, String what) {
            Set<String> ofHolding = now.list().stream()
                    .filter(view -> view.heldTokens() > 0 && view.parent() != null)
                    .map(Snapshot.AgentView::parent)
                    .collect(Collectors.toSet());
            for (Snapshot.AgentView view : now.list()) {
                Explanation why = controller.explain(view.id(), nowNanos);
                assertThat(why != null && Double.isInfinite(why.holdRatio()) && !ofHolding.contains(view.id()))
                        .as(what)
                        .isFalse();
            }
        }

        /** Lets all that goes on end, and then nothing happen for long. */
        void rest() {
            controller.onDrain(nowNanos);
            check("drain");
            assertThat(waiting).isEmpty();
            for (long step : List.copyOf(gone.keySet())) {
                end(step);
                check("end " + step);
            }
            long silence = AgentsConfig.DEFAULT.forgetAfter().plusSeconds(1).toNanos();
            for (int generation = 0; generation < 20; generation++) {
                nowNanos += silence;
                controller.onTick(nowNanos);
                check("silence");
            }
            Snapshot now = controller.snapshot(10_000, nowNanos);
            assertThat(now.list().stream().map(Snapshot.AgentView::id).collect(Collectors.toList()))
                    .isEmpty();
            assertThat(now.pressure()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(LawConfig.Name.class)
    void theBooksAreRightAfterEachEvent(LawConfig.Name law) {
        for (long seed = 0; seed < RUNS; seed++) {
            Run run = new Run(law, seed);
            for (int event = 0; event < EVENTS; event++) {
                String before = "seed " + seed + ", event " + event + ": ";
                run.check(before + run.happen());
            }
            run.rest();
        }
    }
}
