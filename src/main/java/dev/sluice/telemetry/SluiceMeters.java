package dev.sluice.telemetry;

import dev.sluice.admission.AgentState;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Snapshot;
import dev.sluice.agent.Attribution;
import dev.sluice.config.EngineConfig;
import dev.sluice.config.Mode;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.BudgetChange;
import dev.sluice.gate.GateObserver;
import dev.sluice.proxy.ExchangeObserver;
import dev.sluice.proxy.ExchangeRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * The meters of {@code docs/metrics.md}. Each is there from the start, with a series for each value of its label, so
 * that a rate has something to start from. Thread-safe.
 *
 * <p>Micrometer deprecates its registry for Prometheus' simple client in favour of the new client; we stay with the
 * small one.
 */
@SuppressWarnings("deprecation")
final class SluiceMeters implements GateObserver, ExchangeObserver {

    /** From a hand-over without a wait to the patience of clients. */
    private static final Duration[] LATENCY_BOUNDS = DoubleStream.of(
                    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240, 300)
            .mapToObj(seconds -> Duration.ofMillis(Math.round(seconds * 1000)))
            .toArray(Duration[]::new);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Map<Ending, Counter> steps = new EnumMap<>(Ending.class);
    private final Map<Attribution.How, Counter> attributions = new EnumMap<>(Attribution.How.class);
    private final AtomicInteger conversations = new AtomicInteger();
    private final AtomicLong conversationEvictions = new AtomicLong();
    private final Timer startedWaits = waits("started");
    private final Timer doorWaits = waits("door");
    private final Timer firstBytes =
            timer("sluice.time.to.first.byte", "From a governed request's arrival to the first byte of its answer");
    private final Counter expectedTokens =
            counter("sluice.expected.cached.tokens", "Cached tokens expected of the engine for returning agents");
    private final Counter lostTokens = counter("sluice.lost.tokens", "Of these, tokens that the engine did not have");
    private final Counter wouldHold = counter("sluice.would.hold", "Steps that enforcement would have held, in shadow");
    private final Counter retries = counter("sluice.retries", "Steps that were asked before");
    private final Counter doubleEnds = counter("sluice.double.ends", "Permits ended twice: bugs of Sluice");
    private final WordCounters budgetChanges =
            new WordCounters(registry, "sluice.budget.changes", "cause", "Changes of the law's budget");
    private final WordCounters upstreamErrors =
            new WordCounters(registry, "sluice.upstream.errors", "kind", "Failures of the engine's connections");

    private final ConnectionMeters connectionMeters = new ConnectionMeters(registry);
    private final RequestMeters requestMeters = new RequestMeters(registry);
    private final KvEventMeters kvEventMeters = new KvEventMeters(registry);
    private final PrefixMeters prefixMeters = new PrefixMeters(registry);
    private final TenantMeters tenants = new TenantMeters(registry);
    private final HeapMeters heapMeters = new HeapMeters(registry);
    private final DecisionMeters decisionMeters = new DecisionMeters(registry);
    private final Counter reloadsTaken = reloads("taken");
    private final Counter reloadsRefused = reloads("refused");

    private volatile @Nullable Snapshot snapshot;
    private volatile Mode mode;
    private volatile int agentsLimit;
    private volatile long queueBytesLimit;
    private volatile long collectingBytes;
    private volatile long collectingBytesLimit;

    SluiceMeters(SluiceConfig config, String version) {
        mode = config.mode();
        onConfig(config);
        for (Ending ending : Ending.values()) {
            steps.put(
                    ending,
                    Counter.builder("sluice.steps")
                            .description("Steps that ended, and how")
                            .tag("ending", ending.label())
                            .register(registry));
        }
        for (Mode each : Mode.values()) {
            Gauge.builder("sluice.mode", () -> each == mode ? 1 : 0)
                    .description("1 for the mode in force")
                    .tag("mode", each.label())
                    .register(registry);
        }
        Gauge.builder("sluice.build.info", () -> 1)
                .description("Always 1")
                .tag("version", version)
                .register(registry);
        Gauge.builder("sluice.in.flight", inFlight, AtomicInteger::get)
                .description("Governed requests in the engine, by the proxy's count")
                .register(registry);
        registerConversations(config.identity().fingerprint().maxConversations());
        registerLawGauges();
        registerQueueGauges();
        registerEngineGauges(config.engine().kind() != EngineConfig.Kind.OTHER);
        FunctionCounter.builder("sluice.access.log.dropped", this, meters -> DelayedOutput.dropped())
                .description("Lines of the access log that were not written")
                .register(registry);
        Gauge.builder("sluice.agents.limit", () -> agentsLimit)
                .description("Most agents that are remembered, beside those that wait and run")
                .register(registry);
        for (AgentState state : AgentState.values()) {
            Gauge.builder("sluice.agents", () -> of(s -> count(s.agents(), state)))
                    .description("Agents in each state")
                    .tag("state", state.label())
                    .register(registry);
        }
    }

    void onSnapshot(Snapshot latest) {
        snapshot = latest;
    }

    void onMode(Mode inForce) {
        mode = inForce;
    }

    KvEventMeters kvEvents() {
        return kvEventMeters;
    }

    String scrape() {
        return registry.scrape();
    }

    int inFlight() {
        return inFlight.get();
    }

    @Override
    public void onAttributed(Attribution.How how) {
        Counter counter = attributions.get(how);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void onConversations(int size, long evictions) {
        conversations.set(size);
        conversationEvictions.set(evictions);
    }

    @Override
    public void onForwarded(boolean newcomer, long waitedNanos) {
        (newcomer ? doorWaits : startedWaits).record(waitedNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void onEnding(Ending ending) {
        Counter counter = steps.get(ending);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void onBudgetChange(BudgetChange change) {
        budgetChanges.count(change.cause());
    }

    @Override
    public void onCacheReturn(long expected, long lost) {
        expectedTokens.increment(expected);
        lostTokens.increment(lost);
    }

    PrefixMeters prefixes() {
        return prefixMeters;
    }

    @Override
    public void onRetry() {
        retries.increment();
    }

    @Override
    public void onWouldHold() {
        wouldHold.increment();
    }

    @Override
    public void onDoubleEnd(Ending ending) {
        doubleEnds.increment();
    }

    @Override
    public void onGovernedStart() {
        inFlight.incrementAndGet();
    }

    @Override
    public void onGovernedEnd() {
        inFlight.decrementAndGet();
    }

    @Override
    public void onUpstreamError(String kind) {
        upstreamErrors.count(kind);
    }

    void onConfig(SluiceConfig config) {
        agentsLimit = config.agents().max();
        queueBytesLimit = config.queue().maxBytes();
        collectingBytesLimit = config.limits().collectingBytes();
    }

    ConnectionMeters connections() {
        return connectionMeters;
    }

    HeapMeters heap() {
        return heapMeters;
    }

    DecisionMeters decisions() {
        return decisionMeters;
    }

    void onReload(boolean isTaken) {
        (isTaken ? reloadsTaken : reloadsRefused).increment();
    }

    @Override
    public void onCollecting(long bytes) {
        collectingBytes = bytes;
    }

    @Override
    public void onShed(String what) {
        heapMeters.onShed(what);
    }

    @Override
    public void onClientTimeout(String turn) {
        connectionMeters.onTimeout(turn);
    }

    @Override
    public void onConnectionRefused() {
        connectionMeters.onRefused();
    }

    @Override
    public void onExchange(ExchangeRecord exchange) {
        requestMeters.onExchange(exchange);
        tenants.onExchange(exchange);
        if (exchange.askedNanos() >= 0 && exchange.firstByteNanos() >= 0) {
            firstBytes.record(exchange.firstByteNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private Counter reloads(String outcome) {
        return Counter.builder("sluice.config.reloads")
                .description("Readings of the configuration after the first")
                .tag("outcome", outcome)
                .register(registry);
    }

    private void registerConversations(int limit) {
        for (Attribution.How how : Attribution.How.values()) {
            attributions.put(
                    how,
                    Counter.builder("sluice.steps.attributed")
                            .description("Steps whose conversation was looked for, and what was found")
                            .tag("how", how.label())
                            .register(registry));
        }
        Gauge.builder("sluice.conversations", conversations, AtomicInteger::get)
                .description("Conversations remembered")
                .register(registry);
        Gauge.builder("sluice.conversations.limit", () -> limit)
                .description("Most conversations that are remembered")
                .register(registry);
        FunctionCounter.builder("sluice.conversations.forgotten", conversationEvictions, AtomicLong::get)
                .description("Conversations forgotten for want of a place")
                .register(registry);
    }

    private void registerLawGauges() {
        gauge("sluice.pressure", "Tokens of running and resident agents over the pool", Snapshot::pressure);
        gauge("sluice.budget", "The pressure that the law allows; NaN if it counts no tokens", Snapshot::budget);
        gauge(
                "sluice.window.agents",
                "Agents that the law lets live; NaN if it counts no agents",
                s -> unless(s.windowAgents() < 0, s.windowAgents()));
        gauge("sluice.pool.tokens", "The pool that the law works with; 0 if unknown", Snapshot::poolTokens);
        gauge("sluice.permits", "Steps in the engine, by the gate's count", Snapshot::permits);
    }

    private void registerQueueGauges() {
        gauge("sluice.queue.size", "Steps held back", s -> s.queue().size());
        gauge(
                "sluice.queue.limit",
                "Most steps that may be held back",
                s -> s.queue().limit());
        gauge(
                "sluice.queue.bytes",
                "Bodies of the steps held back",
                s -> s.queue().bytes());
        Gauge.builder("sluice.queue.bytes.limit", () -> queueBytesLimit)
                .description("Most bytes of bodies that may be held back")
                .register(registry);
        Gauge.builder("sluice.collecting.bytes", () -> collectingBytes)
                .description("Bodies of governed requests that are being received")
                .register(registry);
        Gauge.builder("sluice.collecting.bytes.limit", () -> collectingBytesLimit)
                .description("Most bytes that such bodies may take together")
                .register(registry);
        gauge(
                "sluice.queue.oldest.seconds",
                "How long the oldest held step has waited",
                s -> seconds(s.queue().oldestNanos()));
    }

    /** Spans, as far as they are made. */
    void register(@Nullable Traces traces) {
        FunctionCounter.builder("sluice.spans", this, meters -> traces == null ? 0 : traces.made())
                .description("Spans of governed requests")
                .tag("outcome", "made")
                .register(registry);
        FunctionCounter.builder("sluice.spans", this, meters -> traces == null ? 0 : traces.exported())
                .description("Spans of governed requests")
                .tag("outcome", "exported")
                .register(registry);
    }

    /** The load with what is held. */
    void register(EngineGauges load) {
        Gauge.builder("sluice.requests.running", load, EngineGauges::running)
                .description("Requests that the engine works on")
                .register(registry);
        Gauge.builder("sluice.requests.waiting", load, EngineGauges::waiting)
                .description("Requests that wait, in the engine or held back")
                .register(registry);
    }

    /** @param hasPage whether there is a page to expect: an age that nothing ends would be an alert for ever */
    private void registerEngineGauges(boolean hasPage) {
        if (hasPage) {
            gauge(
                    "sluice.signal.age.seconds",
                    "Since the engine's last usable metrics page",
                    s -> unless(s.signals().ageNanos() < 0, seconds(s.signals().ageNanos())));
        }
        gauge("sluice.engine.kv.usage.ratio", "The engine's own gauge; not pressure", Snapshot::kvUsageRatio);
        gauge("sluice.engine.hit.ratio", "Share of prompt tokens found cached lately", Snapshot::hitRatio);
    }

    private void gauge(String name, String description, ToDoubleFunction<Snapshot> value) {
        Gauge.builder(name, () -> of(value)).description(description).register(registry);
    }

    private double of(ToDoubleFunction<Snapshot> value) {
        Snapshot latest = snapshot;
        return latest == null ? 0 : value.applyAsDouble(latest);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Timer waits(String where) {
        return timer("sluice.wait", "Time that forwarded steps were held", "wait", where);
    }

    private Timer timer(String name, String description, String... tags) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(LATENCY_BOUNDS)
                .register(registry);
    }

    private static double unless(boolean unknown, double value) {
        return unknown ? Double.NaN : value;
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }

    private static int count(Snapshot.Census agents, AgentState state) {
        return switch (state) {
            case RUNNING -> agents.running();
            case RESIDENT -> agents.resident();
            case WAITING -> agents.waiting();
            case PARKED -> agents.parked();
        };
    }
}
