package dev.sluice.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The rules between settings. One is skipped where a setting of it is wrong by itself: that is the problem to fix. */
final class CrossRules {

    private final SluiceConfig config;
    private final List<Problem> problems;
    private final List<Problem> found = new ArrayList<>();

    private CrossRules(SluiceConfig config, List<Problem> problems) {
        this.config = config;
        this.problems = problems;
    }

    /** Appends to {@code problems}, which holds what is wrong with single settings. */
    static void check(SluiceConfig config, List<Problem> problems) {
        CrossRules rules = new CrossRules(config, problems);
        rules.addressesDiffer();
        rules.waitsLeaveTimeForTheFirstByte();
        rules.readingsComeBeforeTheyAreStale();
        rules.windowBeginsWithinItsBound();
        rules.fixedLimitLimitsSomething();
        rules.certificateHasAKey("tls.", config.tls());
        rules.certificateHasAKey("admin.tls.", config.admin().tls());
        rules.certificateHasAKey("upstream.tls.", config.upstream().tls());
        rules.tlsIsSpoken();
        rules.certificatesThatTellTenantsAreAskedFor();
        rules.stepsAreShedFirst();
        rules.holdsTheLargestBody("queue.maxBytes", config.queue().maxBytes());
        rules.holdsTheLargestBody("limits.collectingBytes", config.limits().collectingBytes());
        rules.headersHaveNames();
        problems.addAll(rules.found);
    }

    private void addressesDiffer() {
        String admin = config.admin().listen();
        if (admin.equals(config.listen()) && !admin.endsWith(":0")) {
            report("admin.listen", admin, "another address than", "listen");
        }
    }

    private void waitsLeaveTimeForTheFirstByte() {
        shorter("queue.startedWait", config.queue().startedWait());
        shorter("queue.doorWait", config.queue().doorWait());
    }

    private void shorter(String key, Duration wait) {
        if (wait.compareTo(config.upstream().streamedFirstByte()) >= 0) {
            report(key, Quantity.format(wait), "shorter than", "upstream.streamedFirstByte");
        }
    }

    private void readingsComeBeforeTheyAreStale() {
        Duration staleAfter = config.signals().staleAfter();
        if (staleAfter.compareTo(config.signals().interval()) <= 0) {
            report("signals.staleAfter", Quantity.format(staleAfter), "longer than", "signals.interval");
        }
    }

    private void windowBeginsWithinItsBound() {
        LawConfig.Concur concur = config.law().concur();
        if (concur.initialAgents() > concur.maxAgents()) {
            String value = Integer.toString(concur.initialAgents());
            report("law.concur.initialAgents", value, "at most", "law.concur.maxAgents");
        }
    }

    private void fixedLimitLimitsSomething() {
        LawConfig.Static fixed = config.law().fixed();
        if (fixed.agents() == 0 && fixed.tokens() == 0) {
            report("law.static.agents", "0", "1 and more, or a bound in", "law.static.tokens");
        }
    }

    private void certificateHasAKey(String prefix, TlsConfig tls) {
        if (tls.hasCertificate() == tls.keyFile().isEmpty()) {
            String missing = tls.hasCertificate() ? "keyFile" : "certificateFile";
            String given = tls.hasCertificate() ? "certificateFile" : "keyFile";
            report(prefix + missing, "\"\"", "a file, as there is one in", prefix + given);
        }
    }

    private void tlsIsSpoken() {
        authoritiesAreAsked("tls.", config.tls());
        authoritiesAreAsked("admin.tls.", config.admin().tls());
        TlsConfig engine = config.upstream().tls();
        if (!config.speaksTlsWithEngine() && !engine.equals(TlsConfig.DEFAULT)) {
            report("upstream.url", config.upstream().url(), "https, for which there are files in", "upstream.tls");
        }
    }

    private void authoritiesAreAsked(String prefix, TlsConfig clients) {
        if (!clients.hasCertificate() && !clients.authoritiesFile().isEmpty()) {
            report(
                    prefix + "authoritiesFile",
                    clients.authoritiesFile(),
                    "nothing without",
                    prefix + "certificateFile");
        }
    }

    private void certificatesThatTellTenantsAreAskedFor() {
        if (config.tenants().fromCertificate() && config.tls().authoritiesFile().isEmpty()) {
            report("tenants.fromCertificate", "true", "false, or certificates asked for by", "tls.authoritiesFile");
        }
    }

    private void stepsAreShedFirst() {
        LimitsConfig limits = config.limits();
        if (limits.heapShed() > limits.heapRefuse()) {
            report("limits.heapShed", Double.toString(limits.heapShed()), "at most", "limits.heapRefuse");
        }
    }

    private void holdsTheLargestBody(String key, long maxBytes) {
        if (maxBytes < config.limits().bodyBytes()) {
            report(key, Quantity.formatBytes(maxBytes), "at least", "limits.bodyBytes");
        }
    }

    /** A field name is a token (RFC 9110, section 5.6.2). Those that frame and route a request are its sender's alone. */
    private void headersHaveNames() {
        for (String name : config.tracing().headers().keySet()) {
            boolean isName = name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
            if (!isName || name.matches("(?i)connection|content-.*|expect|host|transfer-encoding|upgrade")) {
                found.add(new Problem("tracing.headers", name, "a field's name, as Authorization"));
            }
        }
    }

    private void report(String key, String value, String relation, String otherKey) {
        if (problems.stream().map(Problem::key).noneMatch(bad -> bad.equals(key) || bad.equals(otherKey))) {
            found.add(new Problem(key, value, relation + " " + otherKey));
        }
    }
}
