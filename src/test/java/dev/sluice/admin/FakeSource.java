package dev.sluice.admin;

import dev.sluice.admission.AgentEnd;
import dev.sluice.admission.AgentState;
import dev.sluice.admission.Explanation;
import dev.sluice.admission.Obstacle;
import dev.sluice.admission.PrefixBreak;
import dev.sluice.admission.PrefixHealth;
import dev.sluice.admission.Snapshot;
import dev.sluice.config.Mode;
import dev.sluice.config.Reload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A Sluice of which the admin port is told what a test wants it to be told. Thread-safe. */
final class FakeSource implements AdminSource {

    volatile CompletableFuture<Snapshot> snapshot = CompletableFuture.completedFuture(usual());
    volatile boolean throwsAtSnapshots;
    volatile Readiness readiness = Readiness.READY;
    volatile Mode mode = Mode.ENFORCE;
    volatile Reload reload = new Reload(List.of(), List.of(), List.of());
    final List<String> ended = new ArrayList<>();

    static Snapshot usual() {
        return new Snapshot(
                1,
                "working-set",
                262_144,
                "cache_config_info",
                0.71,
                0.85,
                -1,
                9,
                new Snapshot.Census(9, 4, 12, 30),
                new Snapshot.Queue(12, 410_000, 3_200_000_000L, 4096),
                new Snapshot.Signals(true, 200_000_000, 0),
                0.5,
                0.9,
                new Snapshot.Loss(0.25, 4_000, 600),
                new Snapshot.Crowd(
                        List.of(new Snapshot.Group(AgentState.WAITING, 32_768, 12, 230_000, 0)),
                        List.of(new Snapshot.Tenant("default", 55, 12, 190_000))),
                List.of(
                        new Snapshot.AgentView(
                                "a1",
                                "header:x-session-id",
                                "default",
                                null,
                                AgentState.WAITING,
                                18_233,
                                19_400,
                                0,
                                14,
                                1_900_000_000L,
                                3,
                                6_500_000_000L,
                                "over-budget",
                                new PrefixHealth(2, 900, new PrefixBreak(PrefixBreak.Cause.HISTORY, 4, 0.5)),
                                1),
                        new Snapshot.AgentView(
                                "a2",
                                "none",
                                "default",
                                "a1",
                                AgentState.RUNNING,
                                0,
                                0,
                                0,
                                0,
                                0,
                                0,
                                -1,
                                "",
                                PrefixHealth.SOUND,
                                -1)));
    }

    static Snapshot unknowns() {
        return new Snapshot(
                1,
                "concur",
                0,
                "unknown",
                0,
                Double.NaN,
                8,
                0,
                new Snapshot.Census(0, 0, 0, 0),
                new Snapshot.Queue(0, 0, 0, 4096),
                new Snapshot.Signals(false, -1, 7),
                Double.NaN,
                Double.NaN,
                new Snapshot.Loss(Double.NaN, 0, 0),
                new Snapshot.Crowd(List.of(), List.of()),
                List.of());
    }

    /** Of the agent with this odd name only. */
    static Explanation waiting() {
        return new Explanation(
                new Snapshot.AgentView(
                        "a/b é",
                        "none",
                        "default",
                        null,
                        AgentState.WAITING,
                        900,
                        1_200,
                        0,
                        3,
                        2_000_000_000L,
                        2,
                        -1,
                        "",
                        PrefixHealth.SOUND,
                        -1),
                List.of(new Obstacle(Obstacle.Kind.NOT_ITS_TURN, 1), new Obstacle(Obstacle.Kind.NO_ROOM, 1_234.4)),
                178_000_000_000L,
                238_000_000_000L,
                Double.NaN,
                false,
                new Explanation.Cost(
                        5_000_000_000L, 4_000_000_000L, 1, "gave_way", 9_000_000_000L, 3_000, 2_000, 500, 900, 400));
    }

    @Override
    public CompletableFuture<Snapshot> snapshot() {
        return snapshot;
    }

    @Override
    public CompletableFuture<Snapshot> snapshot(int mostListed) {
        if (throwsAtSnapshots) {
            throw new IllegalStateException("a bug of ours");
        }
        return snapshot;
    }

    @Override
    public CompletableFuture<Optional<Explanation>> explain(String agentId) {
        return CompletableFuture.completedFuture(agentId.equals("a/b é") ? Optional.of(waiting()) : Optional.empty());
    }

    @Override
    public CompletableFuture<AgentEnd> endAgent(String agentId) {
        ended.add(agentId);
        return CompletableFuture.completedFuture(
                switch (agentId) {
                    case "idle" -> AgentEnd.NOW;
                    case "busy" -> AgentEnd.AFTER_STEP;
                    default -> AgentEnd.UNKNOWN;
                });
    }

    @Override
    public CompletableFuture<Mode> switchTo(Mode next) {
        mode = next;
        return CompletableFuture.completedFuture(next);
    }

    @Override
    public CompletableFuture<Reload> reload() {
        return CompletableFuture.completedFuture(reload);
    }

    @Override
    public void drain() {
        readiness = Readiness.notReady("draining");
    }

    @Override
    public Optional<Savings> savings() {
        return Optional.empty();
    }

    @Override
    public String savingsMissing() {
        return "not yet";
    }

    @Override
    public Readiness readiness() {
        return readiness;
    }

    @Override
    public Engine engine() {
        return new Engine(
                "vllm",
                "0.32.0",
                4096,
                "",
                Map.of("poolSize", true),
                Map.of("running", 9.0),
                List.of(new Engine.Pool("", 262_144, 0.5, 9, Double.NaN)));
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public String upstream() {
        return "http://127.0.0.1:8000";
    }
}
