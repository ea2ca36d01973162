package dev.sluice.telemetry;

import dev.sluice.admission.Ending;
import dev.sluice.admission.PrefixBreak;
import dev.sluice.admission.Snapshot;
import dev.sluice.agent.Attribution;
import dev.sluice.config.Mode;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.TracingConfig;
import dev.sluice.control.BudgetChange;
import dev.sluice.control.EngineSignal;
import dev.sluice.decision.Decision;
import dev.sluice.decision.DecisionFile;
import dev.sluice.gate.GateObserver;
import dev.sluice.proxy.ExchangeObserver;
import dev.sluice.proxy.ExchangeRecord;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All that is told to the outside: hears gate and proxy, and tells meters and logs. Thread-safe. */
public final class Telemetry implements GateObserver, ExchangeObserver, AutoCloseable {

    /** Of what {@link #scrape} gives. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final SluiceMeters meters;
    private final @Nullable Traces traces;
    private final EngineGauges engineGauges = new EngineGauges();
    private final AccessLog accessLog = new AccessLog();
    private final AuditLog auditLog = new AuditLog();
    private final ChangeLog changeLog = new ChangeLog();
    private volatile Consumer<Decision> decisions = decision -> {};

    /**
     * Meters that start at zero.
     *
     * @param version of this program, for {@code sluice_build_info}
     */
    public Telemetry(SluiceConfig config, String version) {
        this.meters = new SluiceMeters(config, version);
        meters.register(engineGauges);
        TracingConfig tracing = config.tracing();
        traces = tracing.endpoint().isEmpty() ? null : new Traces(tracing, version, InstantSource.system());
        meters.register(traces);
    }

    /** From now on decisions go there, too: it is called on the gate's loop and must return at once. */
    public void recordDecisions(DecisionFile log) {
        meters.decisions().count(log);
        onDecisions(log::offer);
    }

    /** How many decisions are missing in the reports. */
    public void countUnreported(LongSupplier dropped) {
        meters.decisions().countUnreported(dropped);
    }

    /** The same for whoever else wants to know. To be called before the gate starts. */
    public void onDecisions(Consumer<Decision> listener) {
        decisions = decisions.andThen(listener);
    }

    /** From now on the collector of spans is shown these fields, by their names. */
    public void showCollector(Supplier<Map<String, String>> fields) {
        if (traces != null) {
            traces.show(fields);
        }
    }

    /** From now on the page tells this share of the heap. */
    public void watchHeap(DoubleSupplier ratio) {
        meters.heap().watch(ratio);
    }

    /** From now on the page tells how many connections clients have, and how many they may have. */
    public void watchConnections(IntSupplier open, IntSupplier limit) {
        meters.connections().watch(open, limit);
    }

    /** Gauges tell of this snapshot until the next. */
    public void onSnapshot(Snapshot snapshot) {
        meters.onSnapshot(snapshot);
        engineGauges.onSnapshot(snapshot);
    }

    /** From now on that mode is in force. */
    public void onMode(Mode mode) {
        meters.onMode(mode);
    }

    /** From now on these settings are in force. */
    public void onConfig(SluiceConfig config) {
        meters.onConfig(config);
    }

    /** The configuration was read again, and taken or refused. */
    public void onReload(boolean isTaken) {
        meters.onReload(isTaken);
    }

    /**
     * Somebody asked for a change by the admin port.
     *
     * @param who the peer's address
     * @param what the call, as in {@code POST /mode}
     * @param outcome what came of it
     */
    public void onAdminCall(String who, String what, String outcome) {
        auditLog.onAdminCall(who, what, outcome);
    }

    /** The engine's cache took in so many tokens. */
    public void onKvStored(long tokens) {
        meters.kvEvents().onStored(tokens);
    }

    /** The engine's cache, or a tier behind it, let go so many tokens. */
    public void onKvRemoved(long tokens, boolean fromGpu) {
        meters.kvEvents().onRemoved(tokens, fromGpu);
    }

    /** The engine emptied its cache. */
    public void onKvCleared() {
        meters.kvEvents().onCleared();
    }

    /** So many batches of the engine's events did not come. */
    public void onKvMissed(long batches) {
        meters.kvEvents().onMissed(batches);
    }

    /** A batch of the engine's events could not be read. */
    public void onKvUnreadable() {
        meters.kvEvents().onUnreadable();
    }

    /** The metrics page, in Prometheus' text format 0.0.4. */
    public String scrape() {
        return meters.scrape();
    }

    /** A page with the engine's gauges by vLLM's names, the steps that Sluice holds counted in. */
    public String scrapeEngine() {
        return engineGauges.scrape();
    }

    /** The engine's metrics said something, or nothing. */
    public void onSignal(EngineSignal signal) {
        engineGauges.onSignal(signal);
    }

    /** Governed requests in the engine by the proxy's count, which owes nothing to the gate's permits. */
    public int inFlight() {
        return meters.inFlight();
    }

    @Override
    public void onAttributed(Attribution.How how) {
        meters.onAttributed(how);
    }

    @Override
    public void onConversations(int size, long evictions) {
        meters.onConversations(size, evictions);
    }

    @Override
    public void onForwarded(boolean newcomer, long waitedNanos) {
        meters.onForwarded(newcomer, waitedNanos);
    }

    @Override
    public void onEnding(Ending ending) {
        meters.onEnding(ending);
    }

    @Override
    public void onBudgetChange(BudgetChange change) {
        meters.onBudgetChange(change);
        changeLog.onBudgetChange(change);
    }

    @Override
    public void onCacheReturn(long expectedTokens, long lostTokens) {
        meters.onCacheReturn(expectedTokens, lostTokens);
    }

    @Override
    public void onRetry() {
        meters.onRetry();
    }

    @Override
    public void onPrefixBreak(PrefixBreak.Cause cause) {
        meters.prefixes().onBreak(cause);
    }

    @Override
    public void onPrefixCost(PrefixBreak.Cause cause, long tokens) {
        meters.prefixes().onCost(cause, tokens);
    }

    @Override
    public void onWouldHold() {
        meters.onWouldHold();
    }

    @Override
    public void onDoubleEnd(Ending ending) {
        meters.onDoubleEnd(ending);
        changeLog.onDoubleEnd(ending);
    }

    @Override
    public void onDecision(Decision decision) {
        decisions.accept(decision);
    }

    @Override
    public void onGovernedStart() {
        meters.onGovernedStart();
    }

    @Override
    public void onGovernedEnd() {
        meters.onGovernedEnd();
    }

    @Override
    public void onUpstreamError(String kind) {
        meters.onUpstreamError(kind);
    }

    @Override
    public void onCollecting(long bytes) {
        meters.onCollecting(bytes);
    }

    @Override
    public void onShed(String what) {
        meters.onShed(what);
    }

    @Override
    public void onClientTimeout(String turn) {
        meters.onClientTimeout(turn);
    }

    @Override
    public void onConnectionRefused() {
        meters.onConnectionRefused();
    }

    @Override
    public void onExchange(ExchangeRecord exchange) {
        meters.onExchange(exchange);
        accessLog.onExchange(exchange);
        if (traces != null) {
            traces.onExchange(exchange);
        }
    }

    /** Sends the spans that wait, within a bound. */
    @Override
    public void close() {
        if (traces != null) {
            traces.close();
        }
    }
}
