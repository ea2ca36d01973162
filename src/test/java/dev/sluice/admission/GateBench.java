package dev.sluice.admission;

import dev.sluice.config.AgentsConfig;
import dev.sluice.config.LawConfig;
import dev.sluice.config.Mode;
import dev.sluice.config.PoolConfig;
import dev.sluice.config.QueueConfig;
import dev.sluice.config.SluiceConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The admission controller on a bench: events by hand, a clock by hand, verdicts in words. */
final class GateBench {

    static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Four bytes a token: what the controller assumes before it has learned. */
    private static final int BYTES_PER_TOKEN = 4;

    final AdmissionController controller;
    final List<String> verdicts = new ArrayList<>();
    private final Map<Long, String> names = new HashMap<>();
    private final Map<String, Long> ids = new HashMap<>();
    private long nextId;
    long nowNanos;

    GateBench(SluiceConfig config) {
        controller = new AdmissionController(config);
    }

    static SluiceConfig config(LawConfig law, long poolTokens) {
        return config(law, poolTokens, Mode.ENFORCE, QueueConfig.DEFAULT);
    }

    static SluiceConfig config(LawConfig law, long poolTokens, Mode mode, QueueConfig queue) {
        SluiceConfig base = SluiceConfig.DEFAULT;
        return new SluiceConfig(
                mode,
                base.listen(),
                base.tls(),
                base.admin(),
                base.upstream(),
                base.engine(),
                base.signals(),
                new PoolConfig(poolTokens),
                law,
                queue,
                base.clients(),
                base.agents(),
                base.identity(),
                base.tenants(),
                base.limits(),
                base.drain(),
                base.decisions(),
                base.report(),
                base.tracing());
    }

    /** The same with a table of at most so many agents. */
    static SluiceConfig remembering(int agents, SluiceConfig base) {
        return new SluiceConfig(
                base.mode(),
                base.listen(),
                base.tls(),
                base.admin(),
                base.upstream(),
                base.engine(),
                base.signals(),
                base.pool(),
                base.law(),
                base.queue(),
                base.clients(),
                new AgentsConfig(agents, base.agents().forgetAfter()),
                base.identity(),
                base.tenants(),
                base.limits(),
                base.drain(),
                base.decisions(),
                base.report(),
                base.tracing());
    }

    static LawConfig workingSet() {
        return LawConfig.DEFAULT;
    }

    static LawConfig agents(int agents) {
        return new LawConfig(
                LawConfig.Name.STATIC,
                LawConfig.WorkingSet.DEFAULT,
                LawConfig.Concur.DEFAULT,
                new LawConfig.Static(agents, 0));
    }

    static LawConfig tokens(long tokens) {
        return new LawConfig(
                LawConfig.Name.STATIC,
                LawConfig.WorkingSet.DEFAULT,
                LawConfig.Concur.DEFAULT,
                new LawConfig.Static(0, tokens));
    }

    GateBench at(double seconds) {
        nowNanos = (long) (seconds * 1e9);
        controller.onTick(nowNanos);
        drainVerdicts();
        return this;
    }

    GateBench configure(SluiceConfig next) {
        controller.onConfig(next, nowNanos);
        drainVerdicts();
        return this;
    }

    /** A first step of an agent. */
    GateBench newcomer(String agent, int promptTokens) {
        return arrive(agent, promptTokens, false, null);
    }

    /** A step of an agent whose history holds an answer. */
    GateBench started(String agent, int promptTokens) {
        return arrive(agent, promptTokens, true, null);
    }

    /** The same of a client that wants its answer whole. */
    GateBench startedUnstreamed(String agent, int promptTokens) {
        return arrive(new Arrival(
                agent, "test", "default", null, false, true, (long) promptTokens * BYTES_PER_TOKEN, 0, false, false));
    }

    GateBench child(String agent, String parent, int promptTokens) {
        return arrive(agent, promptTokens, false, parent);
    }

    GateBench arrive(String agent, int promptTokens, boolean started, @Nullable String parent) {
        return arrive(new Arrival(
                agent, "test", "default", parent, false, started, (long) promptTokens * BYTES_PER_TOKEN, 0));
    }

    GateBench anonymous(String name, int promptTokens) {
        return arrive(
                new Arrival(name, "none", "default", null, true, false, (long) promptTokens * BYTES_PER_TOKEN, 0));
    }

    GateBench arrive(Arrival arrival) {
        long id = ++nextId;
        names.put(id, arrival.agentId());
        ids.put(arrival.agentId(), id);
        controller.onArrival(id, arrival, nowNanos);
        drainVerdicts();
        return this;
    }

    GateBench withdraw(String agent) {
        controller.onWithdraw(idOf(agent), nowNanos);
        drainVerdicts();
        return this;
    }

    GateBench firstToken(String agent) {
        controller.onFirstToken(idOf(agent), nowNanos);
        drainVerdicts();
        return this;
    }

    /** The agent's step is answered: so large was its prompt, so much of it was cached. */
    @Nullable
    CacheReturn answered(String agent, long promptTokens, long cachedTokens, Finish finish) {
        return end(agent, Ending.COMPLETED, new Usage(promptTokens, cachedTokens, 10, finish));
    }

    @Nullable
    CacheReturn end(String agent, Ending ending, Usage usage) {
        CacheReturn back = controller.onEnd(idOf(agent), ending, usage, nowNanos);
        drainVerdicts();
        return back;
    }

    private long idOf(String agent) {
        Long id = ids.get(agent);
        if (id == null) {
            throw new IllegalArgumentException("agent: " + agent + " (expected: one that has arrived)");
        }
        return id;
    }

    private void drainVerdicts() {
        for (Verdict verdict = controller.poll(); verdict != null; verdict = controller.poll()) {
            String name = names.get(verdict.stepId());
            verdict.match(
                    go -> verdicts.add("forward " + name),
                    refuse -> verdicts.add(refuse.refusal().ending().label() + " " + name));
        }
    }

    /** The verdicts since the last call. */
    List<String> verdicts() {
        List<String> seen = List.copyOf(verdicts);
        verdicts.clear();
        return seen;
    }

    Snapshot snapshot() {
        return controller.snapshot(1_000, nowNanos);
    }

    Snapshot.AgentView view(String agent) {
        return snapshot().list().stream()
                .filter(view -> view.id().equals(agent))
                .findFirst()
                .orElseThrow();
    }
}
