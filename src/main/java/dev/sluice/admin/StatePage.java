package dev.sluice.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.admission.PrefixBreak;
import dev.sluice.admission.PrefixHealth;
import dev.sluice.admission.Snapshot;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The JSON of {@code /state}: times in seconds, sizes in tokens, null for what is not known. */
final class StatePage {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private StatePage() {}

    static ObjectNode of(Snapshot snapshot, AdminSource source, int inFlight) {
        ObjectNode state = JSON.objectNode();
        state.put("mode", source.mode().label());
        state.put("law", snapshot.law());
        state.put("upstream", source.upstream());
        state.set("engine", engine(source.engine(), snapshot));
        state.putObject("pool").put("tokens", snapshot.poolTokens()).put("source", snapshot.poolSource());
        state.put("pressure", known(snapshot.pressure()));
        state.put("budget", known(snapshot.budget()));
        state.put("window", snapshot.windowAgents() < 0 ? null : Integer.valueOf(snapshot.windowAgents()));
        state.put("permits", snapshot.permits());
        state.put("inFlight", inFlight);
        state.set("agents", census(snapshot.agents()));
        state.set("queue", queue(snapshot.queue()));
        state.putObject("signals")
                .put("fresh", snapshot.signals().fresh())
                .put("age", seconds(snapshot.signals().ageNanos()))
                .put("failures", snapshot.signals().failures());
        state.putObject("loss")
                .put("ratio", known(snapshot.loss().ratio()))
                .put("expected", snapshot.loss().expectedTokens())
                .put("lost", snapshot.loss().lostTokens());
        crowd(snapshot.crowd(), state);
        var list = state.putArray("list");
        snapshot.list().forEach(agent -> list.add(agent(agent)));
        return state;
    }

    private static ObjectNode engine(AdminSource.Engine engine, Snapshot snapshot) {
        ObjectNode node = JSON.objectNode()
                .put("kind", engine.kind())
                .put("version", engine.version())
                .put("maxModelTokens", size(engine.maxModelTokens()))
                .put("note", engine.note())
                .put("kvUsage", known(snapshot.kvUsageRatio()))
                .put("hitRatio", known(snapshot.hitRatio()));
        ObjectNode capabilities = node.putObject("capabilities");
        new TreeMap<>(engine.capabilities()).forEach(capabilities::put);
        ObjectNode figures = node.putObject("figures");
        new TreeMap<>(engine.figures()).forEach(figures::put);
        var pools = node.putArray("pools");
        for (AdminSource.Engine.Pool pool : engine.pools()) {
            pools.addObject()
                    .put("id", pool.id())
                    .put("tokens", size(pool.tokens()))
                    .put("kvUsage", known(pool.kvUsage()))
                    .put("running", known(pool.running()))
                    .put("waiting", known(pool.waiting()));
        }
        return node;
    }

    private static ObjectNode census(Snapshot.Census agents) {
        return JSON.objectNode()
                .put("running", agents.running())
                .put("resident", agents.resident())
                .put("waiting", agents.waiting())
                .put("parked", agents.parked());
    }

    private static ObjectNode queue(Snapshot.Queue queue) {
        return JSON.objectNode()
                .put("size", queue.size())
                .put("bytes", queue.bytes())
                .put("oldest", seconds(queue.oldestNanos()))
                .put("limit", queue.limit());
    }

    private static void crowd(Snapshot.Crowd crowd, ObjectNode state) {
        var groups = state.putArray("crowd");
        crowd.groups()
                .forEach(group -> groups.addObject()
                        .put("state", group.state().label())
                        .put("upTo", group.upTo())
                        .put("agents", group.agents())
                        .put("tokens", group.tokens())
                        .put("held", group.heldTokens()));
        var tenants = state.putArray("tenants");
        crowd.tenants()
                .forEach(tenant -> tenants.addObject()
                        .put("name", tenant.name())
                        .put("agents", tenant.agents())
                        .put("waiting", tenant.waiting())
                        .put("held", tenant.heldTokens()));
    }

    static ObjectNode agent(Snapshot.AgentView agent) {
        ObjectNode node = JSON.objectNode()
                .put("id", agent.id())
                .put("source", agent.source())
                .put("tenant", agent.tenant())
                .put("parent", agent.parent())
                .put("state", agent.state().label())
                .put("context", agent.contextTokens())
                .put("footprint", agent.footprintTokens())
                .put("held", agent.heldTokens())
                .put("steps", agent.steps())
                .put("since", seconds(agent.sinceNanos()))
                .put("position", agent.position())
                .put("estimate", seconds(agent.estimateNanos()))
                .put("reason", agent.reason());
        node.put("rank", agent.rank() < 0 ? null : Integer.valueOf(agent.rank()));
        node.set("prefix", prefix(agent.prefix()));
        return node;
    }

    private static ObjectNode prefix(PrefixHealth prefix) {
        ObjectNode node = JSON.objectNode().put("breaks", prefix.breaks()).put("recomputed", prefix.recomputedTokens());
        PrefixBreak last = prefix.last();
        node.put("cause", last == null ? null : last.cause().label());
        node.put("message", last == null || last.message() < 0 ? null : Integer.valueOf(last.message()));
        return node.put("kept", last == null ? null : Double.valueOf(last.keptRatio()));
    }

    static @Nullable Double seconds(long nanos) {
        return nanos < 0 ? null : Double.valueOf(nanos / 1e9);
    }

    private static @Nullable Long size(long tokens) {
        return tokens > 0 ? Long.valueOf(tokens) : null;
    }

    static @Nullable Double known(double value) {
        return Double.isFinite(value) ? Double.valueOf(value) : null;
    }
}
