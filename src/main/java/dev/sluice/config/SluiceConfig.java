package dev.sluice.config;

/**
 * The whole configuration. Each part is a record with its defaults beside its data ({@code DEFAULT}); values are
 * validated together by {@link ConfigReader} so that all problems are reported at once.
 */
public record SluiceConfig(
        Mode mode,
        String listen,
        TlsConfig tls,
        AdminConfig admin,
        UpstreamConfig upstream,
        EngineConfig engine,
        SignalsConfig signals,
        PoolConfig pool,
        LawConfig law,
        QueueConfig queue,
        ClientsConfig clients,
        AgentsConfig agents,
        IdentityConfig identity,
        TenantsConfig tenants,
        LimitsConfig limits,
        DrainConfig drain,
        DecisionsConfig decisions,
        ReportConfig report,
        TracingConfig tracing) {

    public static final SluiceConfig DEFAULT = new SluiceConfig(
            Mode.ENFORCE,
            "127.0.0.1:8080",
            TlsConfig.DEFAULT,
            AdminConfig.DEFAULT,
            UpstreamConfig.DEFAULT,
            EngineConfig.DEFAULT,
            SignalsConfig.DEFAULT,
            PoolConfig.DEFAULT,
            LawConfig.DEFAULT,
            QueueConfig.DEFAULT,
            ClientsConfig.DEFAULT,
            AgentsConfig.DEFAULT,
            IdentityConfig.DEFAULT,
            TenantsConfig.DEFAULT,
            LimitsConfig.DEFAULT,
            DrainConfig.DEFAULT,
            DecisionsConfig.DEFAULT,
            ReportConfig.DEFAULT,
            TracingConfig.DEFAULT);

    /** Whether an address of the engine asks for TLS. */
    public boolean speaksTlsWithEngine() {
        return isHttps(upstream.url()) || isHttps(signals.url());
    }

    private static boolean isHttps(String url) {
        return url.regionMatches(true, 0, "https:", 0, 6);
    }

    /** The same in another mode. */
    public SluiceConfig with(Mode other) {
        return new SluiceConfig(
                other, listen, tls, admin, upstream, engine, signals, pool, law, queue, clients, agents, identity,
                tenants, limits, drain, decisions, report, tracing);
    }

    /** The same, but what is made once at start is as it was then: the rest waits for a restart. */
    public SluiceConfig withFixedOf(SluiceConfig start) {
        return new SluiceConfig(
                mode,
                start.listen,
                start.tls,
                start.admin,
                upstream.withFixedOf(start.upstream),
                engine.withFixedOf(start.engine),
                start.signals,
                pool,
                law.withFixedOf(start.law),
                queue,
                clients,
                agents,
                identity.withFixedOf(start.identity),
                tenants.withFixedOf(start.tenants),
                limits,
                drain,
                start.decisions,
                start.report,
                start.tracing);
    }

    /**
     * The same for a process with little memory.
     *
     * @param most agents and as many conversations that are remembered at most
     * @param bodyBytes most that the bodies which wait and those that are received may be together; each the largest body all the same
     */
    public SluiceConfig within(int most, long bodyBytes) {
        double share = Math.min(1, (double) bodyBytes / (queue.maxBytes() + limits.collectingBytes()));
        long waiting = Math.max(limits.bodyBytes(), (long) (share * queue.maxBytes()));
        long collecting = Math.max(limits.bodyBytes(), (long) (share * limits.collectingBytes()));
        return new SluiceConfig(
                mode,
                listen,
                tls,
                admin,
                upstream,
                engine,
                signals,
                pool,
                law,
                queue.holdingAtMost(waiting),
                clients,
                agents.atMost(most),
                identity.rememberingAtMost(most),
                tenants,
                limits.collectingAtMost(collecting),
                drain,
                decisions,
                report,
                tracing);
    }
}
