package dev.sluice.app;

import dev.sluice.admin.AdminServer;
import dev.sluice.admin.AdminSource;
import dev.sluice.admission.AdmissionController;
import dev.sluice.admission.AgentEnd;
import dev.sluice.admission.Explanation;
import dev.sluice.admission.Snapshot;
import dev.sluice.agent.Attribution;
import dev.sluice.config.HostPort;
import dev.sluice.config.Mode;
import dev.sluice.config.Problem;
import dev.sluice.config.Reload;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.UpstreamAddress;
import dev.sluice.control.EngineSignal;
import dev.sluice.control.EngineSilence;
import dev.sluice.decision.DecisionFile;
import dev.sluice.engine.EngineFacts;
import dev.sluice.engine.EngineWatch;
import dev.sluice.engine.KvEventStream;
import dev.sluice.gate.GateLoop;
import dev.sluice.gate.Loop;
import dev.sluice.gate.ThreadLoop;
import dev.sluice.net.Credentials;
import dev.sluice.net.Transport;
import dev.sluice.proxy.EngineHabits;
import dev.sluice.proxy.EngineHabits.Priorities;
import dev.sluice.proxy.ProxyParts;
import dev.sluice.proxy.ProxyServer;
import dev.sluice.telemetry.Telemetry;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole of Sluice beside one engine: gate, proxy, the watch on the engine, the admin port. Thread-safe. */
final class Sidecar implements AutoCloseable, AdminSource {

    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);

    /** What remains of a shutdown after the running steps have had their time. */
    private static final Duration LAST_WRITES = Duration.ofMillis(200);

    /** Longest that clients wait at the open port for an engine that does not answer. */
    private static final Duration LONGEST_FIRST_LOOK = Duration.ofSeconds(2);

    /** One carries more events than an engine has; the other processors are for whatever else there is to do. */
    private static final int EVENT_LOOPS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private final UpstreamAddress upstream;
    private final Telemetry telemetry;
    private final @Nullable DecisionFile decisions;
    private final Reports reports;
    private final GateLoop gate;
    private final Transport transport = Transport.best();
    private final EventLoopGroup loops = transport.eventLoops(EVENT_LOOPS, "sluice-proxy");
    private final @Nullable ThreadLoop gateThread = EVENT_LOOPS == 1 ? null : new ThreadLoop("sluice-gate");
    private final EngineWatch watch;
    private final KvTally kvTally;
    private final KvEventStream kvEvents;
    private final ThreadLoop housekeeping = new ThreadLoop("sluice-housekeeping");
    private final ProcessLimits processLimits;
    private final ProxyServer proxy;
    private final AdminServer admin;
    private final CompletableFuture<@Nullable Void> firstLook = new CompletableFuture<>();
    private volatile Supplier<CompletableFuture<Reload>> reloading = Sidecar::nothingToReload;
    private volatile @Nullable EngineSignal lastSignal;
    private volatile EngineHabits habits = EngineHabits.UNKNOWN;
    private volatile boolean draining;
    private volatile Mode mode;
    private volatile Duration grace;
    private volatile SluiceConfig inForce;

    /**
     * Starts everything; listens once this returns, and takes clients as soon as the engine has been looked at.
     *
     * @throws IOException if an address cannot be had; nothing is left behind then
     */
    static Sidecar start(SluiceConfig config) throws IOException {
        return new Sidecar(ProcessLimits.fitted(config));
    }

    private Sidecar(SluiceConfig config) throws IOException {
        this.mode = config.mode();
        this.grace = config.drain().grace();
        this.upstream = UpstreamAddress.parse(config.upstream().url());
        Credentials credentials = Credentials.of(config);
        telemetry = new Telemetry(config, Main.version());
        telemetry.showCollector(credentials::collectorFields);
        decisions =
                config.decisions().file().isEmpty() ? null : DecisionFile.open(config.decisions(), System::nanoTime);
        if (decisions != null) {
            telemetry.recordDecisions(decisions);
        }
        inForce = config;
        reports = new Reports(() -> inForce);
        telemetry.onDecisions(reports::onDecision);
        telemetry.countUnreported(reports::dropped);
        Attribution attribution = new Attribution(config.identity().fingerprint(), new SecureRandom().nextLong());
        this.gate = new GateLoop(attribution, new AdmissionController(config), telemetry, gateLoop());
        this.watch = new EngineWatch(upstream, config, credentials, System::nanoTime, this::onSignal);
        this.kvTally = new KvTally(telemetry, gate::onCacheCleared);
        this.kvEvents =
                new KvEventStream(config.engine().kvEvents(), config.engine().kvReplay(), kvTally);
        gate.start();
        watch.start();
        reports.start();
        kvEvents.start();
        CredentialWatch.start(credentials, housekeeping);
        processLimits = ProcessLimits.watch(housekeeping);
        processLimits.compareWith(config);
        telemetry.watchHeap(processLimits::heapRatio);
        try {
            proxy = ProxyServer.listen(config, parts(), credentials);
            telemetry.watchConnections(proxy::connections, proxy::mostConnections);
            try {
                admin = AdminServer.start(config.admin(), this, telemetry, credentials.admin());
            } catch (IOException e) {
                proxy.close(Duration.ZERO);
                throw e;
            }
        } catch (IOException e) {
            stopThreads();
            throw e;
        }
        acceptAfterFirstLook();
    }

    private ProxyParts parts() {
        return new ProxyParts(
                gate, telemetry, transport, loops, System::nanoTime, this::habits, processLimits.resources());
    }

    /**
     * Clients can connect at once, and are spoken to when the engine has been looked at, so that the pool is known when the
     * first agents come: those that wait for a port that opens come all at once. An engine that is away says so at once, one
     * that hangs costs the bound.
     */
    private void acceptAfterFirstLook() {
        var unused = firstLook.thenRun(proxy::accept);
        loops.schedule(() -> firstLook.complete(null), LONGEST_FIRST_LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Completes when the engine has been looked at, or was given up for the moment. */
    CompletableFuture<?> firstLook() {
        return firstLook.copy();
    }

    private Loop gateLoop() {
        return gateThread == null ? new SharedLoop(loops.next()) : gateThread;
    }

    private void onSignal(EngineSignal signal) {
        lastSignal = signal;
        telemetry.onSignal(signal);
        gate.onSignal(signal);
        EngineFacts facts = watch.facts();
        gate.onEngineCeiling(facts.maxModelTokens(), facts.has("countsAnswer"));
        if (!facts.kind().isEmpty()) {
            habits = habitsOf(facts, inForce.engine().sendPriority());
        }
        firstLook.complete(null);
    }

    /** As they count in the mode in force: only enforcement tells the engine whom to prefer. */
    private EngineHabits habits() {
        return mode == Mode.ENFORCE ? habits : habits.withoutPriorities();
    }

    private static EngineHabits habitsOf(EngineFacts facts, boolean isSentPriorities) {
        Priorities priorities = Priorities.NONE;
        if (isSentPriorities && facts.has("lowerPriorityFirst")) {
            priorities = Priorities.LOWER_FIRST;
        } else if (isSentPriorities && facts.has("higherPriorityFirst")) {
            priorities = Priorities.HIGHER_FIRST;
        }
        return new EngineHabits(facts.has("refusesUnknownFields"), priorities);
    }

    InetSocketAddress listen() {
        return proxy.address();
    }

    /** Where clients connect, for people. */
    String listening() {
        return proxy.listening();
    }

    HostPort adminAddress() {
        return admin.address();
    }

    /** From now on {@link #reload} does this. */
    void reloadBy(Supplier<CompletableFuture<Reload>> how) {
        reloading = how;
    }

    /**
     * Puts settings in force, as far as they can change while Sluice runs.
     *
     * @param withMode whether the mode is among them
     */
    CompletableFuture<?> configure(SluiceConfig read, boolean withMode) {
        SluiceConfig config = ProcessLimits.fitted(read);
        inForce = config;
        telemetry.onConfig(config);
        grace = config.drain().grace();
        proxy.configure(config);
        CompletableFuture<?> configured = gate.configure(config);
        return withMode
                ? configured.thenCompose(done -> switchTo(config.mode())).thenAccept(telemetry::onMode)
                : configured;
    }

    /** The configuration was read again. */
    void onReload(Reload reload) {
        telemetry.onReload(reload.isValid());
    }

    private static CompletableFuture<Reload> nothingToReload() {
        return CompletableFuture.completedFuture(new Reload(
                List.of(), List.of(), List.of(new Problem("", "no configuration file", "run --config FILE"))));
    }

    @Override
    public void drain() {
        draining = true;
        gate.drain();
        proxy.drain();
    }

    /** Refuses what is new, lets what runs come to its end within {@code drain.grace}, and stops. */
    void stop() {
        LOG.info("Draining: new steps are refused inFlight={} grace={}", telemetry.inFlight(), grace);
        close(grace);
        LOG.info("Drained");
    }

    private void close(Duration bound) {
        drain();
        proxy.stopAccepting();
        proxy.close(bound);
        admin.close();
        stopThreads();
        telemetry.close();
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // daemon threads: they end by themselves
    private void stopThreads() {
        watch.close();
        reports.close();
        kvEvents.close();
        housekeeping.close();
        processLimits.close();
        if (gateThread != null) {
            gateThread.close();
        }
        loops.shutdownGracefully(0, LAST_WRITES.toMillis(), TimeUnit.MILLISECONDS);
        if (decisions != null) {
            decisions.close();
        }
    }

    @Override
    public CompletableFuture<Snapshot> snapshot() {
        return gate.snapshot();
    }

    @Override
    public CompletableFuture<Snapshot> snapshot(int mostListed) {
        return gate.snapshot(mostListed);
    }

    @Override
    public CompletableFuture<Optional<Explanation>> explain(String agentId) {
        return gate.explain(agentId);
    }

    @Override
    public CompletableFuture<AgentEnd> endAgent(String agentId) {
        return gate.endAgent(agentId);
    }

    @Override
    public CompletableFuture<Mode> switchTo(Mode next) {
        return gate.switchTo(next).whenComplete((inForce, failure) -> {
            if (failure == null) {
                mode = inForce;
            }
        });
    }

    /** Switches to the next milder mode, or from the mildest to the first. */
    CompletableFuture<Mode> switchToNext() {
        Mode before = mode;
        return switchTo(before.next()).thenApply(now -> {
            telemetry.onMode(now);
            telemetry.onAdminCall("signal", "SIGUSR1", "mode " + before.label() + " to " + now.label());
            return now;
        });
    }

    @Override
    public CompletableFuture<Reload> reload() {
        return reloading.get();
    }

    @Override
    public Optional<Savings> savings() {
        return reports.latest();
    }

    @Override
    public String savingsMissing() {
        return reports.missing();
    }

    @Override
    public Readiness readiness() {
        if (draining) {
            return Readiness.notReady(telemetry.inFlight() == 0 ? "drained" : "draining");
        }
        EngineSignal signal = lastSignal;
        if (signal == null) {
            return Readiness.notReady("the engine has not answered yet");
        }
        boolean unreachable =
                signal instanceof EngineSilence silence && silence.cause().equals("connect_failed");
        return unreachable ? Readiness.notReady("the engine cannot be reached") : Readiness.READY;
    }

    @Override
    public Engine engine() {
        EngineFacts facts = watch.facts();
        if (facts.kind().isEmpty()) {
            return Engine.UNKNOWN;
        }
        return new Engine(
                facts.kind(),
                facts.version(),
                facts.maxModelTokens(),
                facts.note(),
                facts.capabilities(),
                kvTally.beside(facts.figures()),
                facts.pools().stream()
                        .map(pool -> new Engine.Pool(
                                pool.id(),
                                pool.tokens(),
                                pool.kvUsageRatio(),
                                pool.runningRequests(),
                                pool.waitingRequests()))
                        .toList());
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public String upstream() {
        return upstream.toString();
    }
}
