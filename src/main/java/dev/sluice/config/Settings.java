package dev.sluice.config;

import java.time.Duration;
import java.util.List;

/** Every key of the file with its rule, one method per record. What a missing key stands for is given. */
final class Settings {

    private static final long MAX_TOKENS = 1_000_000_000_000L;
    private static final int MAX_COUNT = 1_000_000;
    private static final int MAX_IDENTITY_SOURCES = 64;
    private static final int MAX_TENANTS = 200;

    private static final Rule<String> ADDRESS = Rule.text(HostPort.EXPECTED, HostPort::parse);

    private static final Rule<String> LISTEN = Rule.text(
            HostPort.EXPECTED + "; or unix:/path",
            text -> text.startsWith("unix:") ? UpstreamAddress.parse(text) : HostPort.parse(text));

    private static final Rule<String> FILE = Rule.matching("a file, or nothing between quotes", "[^\\p{Cc}]{0,1024}");

    /** A field name is a token (RFC 9110, section 5.6.2). */
    private static final Rule<String> IDENTITY_SOURCE = Rule.matching(
            "header:NAME or body:PATH",
            "header:[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}|body:[^.\\s]{1,64}(\\.[^.\\s]{1,64}){0,7}");

    private static final Rule<String> FIELD_NAME = Rule.matching("a field's name", "[^\\p{Cc}]{1,64}");

    private static final String SECRET_SOURCE = "file:[^\\p{Cc}]{1,1024}|env:[A-Za-z_][A-Za-z0-9_]{0,127}";

    private static final Rule<String> SECRET = Rule.matching("file:PATH or env:NAME", SECRET_SOURCE);

    private static final int MAX_HEADERS = 16;

    private static final Rule<Integer> REFUSAL_STATUS = Rule.oneOf(List.of(429, 503), String::valueOf);

    private static final int MAX_RANKS = 64;

    private static final Rule<String> ZMQ_ADDRESS =
            Rule.matching("tcp://HOST:PORT", "tcp://([^\\s/:\\[\\]]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}");

    private Settings() {}

    static SluiceConfig sluice(Section root, SluiceConfig d) {
        return new SluiceConfig(
                root.value("mode", d.mode(), Rule.oneOf(List.of(Mode.values()), Mode::label)),
                root.value("listen", d.listen(), LISTEN),
                root.section("tls", section -> tls(section, d.tls())),
                root.section("admin", section -> admin(section, d.admin())),
                root.section("upstream", section -> upstream(section, d.upstream())),
                root.section("engine", section -> engine(section, d.engine())),
                root.section("signals", section -> signals(section, d.signals())),
                root.section("pool", section -> pool(section, d.pool())),
                root.section("law", section -> law(section, d.law())),
                root.section("queue", section -> queue(section, d.queue())),
                root.section("clients", section -> clients(section, d.clients())),
                root.section("agents", section -> agents(section, d.agents())),
                root.section("identity", section -> identity(section, d.identity())),
                root.section("tenants", section -> tenants(section, d.tenants())),
                root.section("limits", section -> limits(section, d.limits())),
                root.section("drain", section -> drain(section, d.drain())),
                root.section("decisions", section -> decisions(section, d.decisions())),
                root.section("report", section -> report(section, d.report())),
                root.section("tracing", section -> tracing(section, d.tracing())));
    }

    private static AdminConfig admin(Section section, AdminConfig d) {
        return new AdminConfig(
                section.value("listen", d.listen(), ADDRESS),
                section.value("tokenFile", d.tokenFile(), FILE),
                section.section("tls", part -> tls(part, d.tls())));
    }

    private static UpstreamConfig upstream(Section section, UpstreamConfig d) {
        Rule<Duration> patience = Rule.duration(Duration.ofMillis(100), Duration.ofHours(24));
        return new UpstreamConfig(
                section.value(
                        "url",
                        d.url(),
                        Rule.text("http://HOST:PORT, https://HOST:PORT or unix:/path", UpstreamAddress::parse)),
                section.value(
                        "connectTimeout",
                        d.connectTimeout(),
                        Rule.duration(Duration.ofMillis(10), Duration.ofMinutes(1))),
                section.value(
                        "idleEviction",
                        d.idleEviction(),
                        Rule.duration(Duration.ofMillis(100), Duration.ofMinutes(10))),
                section.value("maxIdleConnections", d.maxIdleConnections(), Rule.integer(0, MAX_COUNT)),
                section.value("streamedFirstByte", d.streamedFirstByte(), patience),
                section.value("wholeAnswer", d.wholeAnswer(), patience),
                section.value("silence", d.silence(), patience),
                section.value(
                        "apiKey",
                        d.apiKey(),
                        Rule.matching("file:PATH, env:NAME, or nothing between quotes", "(" + SECRET_SOURCE + ")?")),
                section.section("tls", part -> tls(part, d.tls())));
    }

    private static TlsConfig tls(Section section, TlsConfig d) {
        return new TlsConfig(
                section.value("certificateFile", d.certificateFile(), FILE),
                section.value("keyFile", d.keyFile(), FILE),
                section.value("authoritiesFile", d.authoritiesFile(), FILE));
    }

    private static EngineConfig engine(Section section, EngineConfig d) {
        return new EngineConfig(
                section.value(
                        "kind", d.kind(), Rule.oneOf(List.of(EngineConfig.Kind.values()), EngineConfig.Kind::label)),
                section.value("pinRanks", d.pinRanks(), Rule.flag()),
                section.value("sendPriority", d.sendPriority(), Rule.flag()),
                section.values("kvEvents", d.kvEvents(), MAX_RANKS, ZMQ_ADDRESS),
                section.values("kvReplay", d.kvReplay(), MAX_RANKS, ZMQ_ADDRESS));
    }

    private static SignalsConfig signals(Section section, SignalsConfig d) {
        Rule<Duration> pace = Rule.duration(Duration.ofMillis(10), Duration.ofMinutes(1));
        return new SignalsConfig(
                section.value(
                        "url",
                        d.url(),
                        Rule.text(
                                "upstream, http://HOST:PORT, https://HOST:PORT or unix:/path",
                                url -> url.equals(SignalsConfig.UPSTREAM) ? url : UpstreamAddress.parse(url))),
                section.value(
                        "path",
                        d.path(),
                        Rule.matching("auto or a path that begins with /", "auto|/[!-~&&[^#]]{0,1023}")),
                section.value("interval", d.interval(), pace),
                section.value("timeout", d.timeout(), pace),
                section.value("maxBytes", d.maxBytes(), Rule.bytes(4 << 10, 256 << 20)),
                section.value(
                        "staleAfter", d.staleAfter(), Rule.duration(Duration.ofMillis(100), Duration.ofHours(1))));
    }

    private static PoolConfig pool(Section section, PoolConfig d) {
        return new PoolConfig(section.value("tokens", d.tokens(), Rule.integer(0, MAX_TOKENS)));
    }

    private static LawConfig law(Section section, LawConfig d) {
        return new LawConfig(
                section.value("name", d.name(), Rule.oneOf(List.of(LawConfig.Name.values()), LawConfig.Name::label)),
                section.section("workingSet", part -> workingSet(part, d.workingSet())),
                section.section("concur", part -> concur(part, d.concur())),
                section.section("static", part -> fixed(part, d.fixed())));
    }

    private static LawConfig.WorkingSet workingSet(Section section, LawConfig.WorkingSet d) {
        Rule<Double> share = Rule.ratio(0.01, 1);
        return new LawConfig.WorkingSet(
                section.value("startedBudget", d.startedBudget(), share),
                section.value("doorBudget", d.doorBudget(), share),
                section.value("growthSteps", d.growthSteps(), Rule.integer(0, 1000)),
                section.value(
                        "promoteAfter", d.promoteAfter(), Rule.duration(Duration.ofMillis(1), Duration.ofHours(1))),
                section.value(
                        "prefillTime", d.prefillTime(), Rule.duration(Duration.ofMillis(10), Duration.ofMinutes(5))));
    }

    private static LawConfig.Concur concur(Section section, LawConfig.Concur d) {
        return new LawConfig.Concur(
                section.value("interval", d.interval(), Rule.duration(Duration.ofMillis(10), Duration.ofHours(1))),
                section.value("initialAgents", d.initialAgents(), Rule.integer(1, MAX_COUNT)),
                section.value("maxAgents", d.maxAgents(), Rule.integer(1, MAX_COUNT)));
    }

    private static LawConfig.Static fixed(Section section, LawConfig.Static d) {
        Rule<Long> anyTokens = Rule.integer(0, MAX_TOKENS);
        // Who bounds the tokens, and says nothing of agents, has chosen the limit.
        boolean chosen = section.peek("tokens", anyTokens).orElse(0L) > 0;
        return new LawConfig.Static(
                section.value("agents", chosen ? 0 : d.agents(), Rule.integer(0, MAX_COUNT)),
                section.value("tokens", d.tokens(), anyTokens));
    }

    private static QueueConfig queue(Section section, QueueConfig d) {
        Rule<Duration> wait = Rule.duration(Duration.ofMillis(10), Duration.ofHours(1));
        return new QueueConfig(
                section.value("maxSteps", d.maxSteps(), Rule.integer(1, MAX_COUNT)),
                section.value("maxBytes", d.maxBytes(), Rule.bytes(1 << 10, 1L << 40)),
                section.value("startedWait", d.startedWait(), wait),
                section.value("doorWait", d.doorWait(), wait),
                section.value("doorTries", d.doorTries(), Rule.integer(1, 1_000)),
                section.value("refusalStatus", d.refusalStatus(), REFUSAL_STATUS));
    }

    private static ClientsConfig clients(Section section, ClientsConfig d) {
        List<ClientFamily> families = List.of(ClientFamily.values());
        Rule<Duration> beat = Rule.duration(Duration.ofMillis(100), Duration.ofMinutes(5));
        return new ClientsConfig(
                section.entries(
                        "firstToken",
                        d.firstToken(),
                        families,
                        ClientFamily::label,
                        Rule.duration(Duration.ofSeconds(1), Duration.ofHours(1))),
                section.entries("refusalStatus", d.refusalStatus(), families, ClientFamily::label, REFUSAL_STATUS),
                section.entries("keepAlive", d.keepAlive(), families, ClientFamily::label, beat),
                section.entries("blanks", d.blanks(), families, ClientFamily::label, beat),
                section.value("retriesPerMinute", d.retriesPerMinute(), Rule.integer(0, MAX_COUNT)));
    }

    private static AgentsConfig agents(Section section, AgentsConfig d) {
        return new AgentsConfig(
                section.value("max", d.max(), Rule.integer(1, 10 * MAX_COUNT)),
                section.value(
                        "forgetAfter", d.forgetAfter(), Rule.duration(Duration.ofSeconds(1), Duration.ofHours(168))));
    }

    private static IdentityConfig identity(Section section, IdentityConfig d) {
        return new IdentityConfig(
                section.values("order", d.order(), MAX_IDENTITY_SOURCES, IDENTITY_SOURCE),
                section.value("trustTenantHeader", d.trustTenantHeader(), Rule.flag()),
                section.value("scopeByCredential", d.scopeByCredential(), Rule.flag()),
                section.section("fingerprint", part -> fingerprint(part, d.fingerprint())),
                section.values("strip", d.strip(), MAX_IDENTITY_SOURCES, FIELD_NAME));
    }

    private static IdentityConfig.Fingerprint fingerprint(Section section, IdentityConfig.Fingerprint d) {
        return new IdentityConfig.Fingerprint(
                section.value("enabled", d.enabled(), Rule.flag()),
                section.value("maxConversations", d.maxConversations(), Rule.integer(1, 10 * MAX_COUNT)));
    }

    private static TenantsConfig tenants(Section section, TenantsConfig d) {
        return new TenantsConfig(
                section.value("keysFile", d.keysFile(), FILE),
                section.value("fromCertificate", d.fromCertificate(), Rule.flag()),
                section.entries("weights", d.weights(), MAX_TENANTS, Rule.ratio(0.01, 1000)),
                section.entries("tokenBudgets", d.tokenBudgets(), MAX_TENANTS, Rule.integer(1, MAX_TOKENS)),
                section.value(
                        "budgetWindow", d.budgetWindow(), Rule.duration(Duration.ofSeconds(1), Duration.ofDays(31))));
    }

    private static LimitsConfig limits(Section section, LimitsConfig d) {
        Rule<Duration> patience = Rule.duration(Duration.ofMillis(100), Duration.ofHours(24));
        return new LimitsConfig(
                section.value("bodyBytes", d.bodyBytes(), Rule.bytes(1 << 10, 1 << 30)),
                section.value("collectingBytes", d.collectingBytes(), Rule.bytes(1 << 10, 1L << 40)),
                section.value("requestLineBytes", d.requestLineBytes(), Rule.smallBytes(256, 1 << 20)),
                section.value("fieldsBytes", d.fieldsBytes(), Rule.smallBytes(1 << 10, 1 << 20)),
                section.value("connections", d.connections(), Rule.integer(1, MAX_COUNT)),
                section.value("clientSilence", d.clientSilence(), patience),
                section.value("clientIdle", d.clientIdle(), patience),
                section.value("requestTokens", d.requestTokens(), Rule.integer(0, MAX_TOKENS)),
                section.value("agentTokens", d.agentTokens(), Rule.integer(0, MAX_TOKENS)),
                section.value("contextWarning", d.contextWarning(), Rule.ratio(0.01, 1)),
                section.value("heapShed", d.heapShed(), Rule.ratio(0.5, 1)),
                section.value("heapRefuse", d.heapRefuse(), Rule.ratio(0.5, 1)));
    }

    private static DrainConfig drain(Section section, DrainConfig d) {
        return new DrainConfig(
                section.value("grace", d.grace(), Rule.duration(Duration.ofMillis(1), Duration.ofHours(24))));
    }

    private static DecisionsConfig decisions(Section section, DecisionsConfig d) {
        return new DecisionsConfig(
                section.value("file", d.file(), FILE),
                section.value("maxFileBytes", d.maxFileBytes(), Rule.bytes(64 << 10, 1L << 40)),
                section.value("maxFiles", d.maxFiles(), Rule.integer(1, 1000)));
    }

    private static ReportConfig report(Section section, ReportConfig d) {
        return new ReportConfig(
                section.value("interval", d.interval(), Rule.duration(Duration.ofSeconds(1), Duration.ofHours(24))),
                section.value("maxSteps", d.maxSteps(), Rule.integer(100, 100_000)),
                section.value("preset", d.preset(), Rule.oneOf(ReportConfig.PRESETS, preset -> preset)),
                section.value("gpus", d.gpus(), Rule.integer(1, 10_000)),
                section.value("gpuHourPrice", d.gpuHourPrice(), Rule.ratio(0, 1_000_000)));
    }

    private static TracingConfig tracing(Section section, TracingConfig d) {
        return new TracingConfig(
                section.value(
                        "endpoint",
                        d.endpoint(),
                        Rule.matching(
                                "http://HOST:PORT/path, https://HOST:PORT/path, or nothing between quotes",
                                "(https?://[!-~&&[^#@]]{1,1024})?")),
                section.value("ratio", d.ratio(), Rule.ratio(0, 1)),
                section.entries("headers", d.headers(), MAX_HEADERS, SECRET));
    }
}
