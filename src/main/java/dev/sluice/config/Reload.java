package dev.sluice.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What comes of reading the configuration again: all of it is taken, or nothing. Immutable.
 *
 * @param applied what differs and is in force now
 * @param needsRestart what differs and will be in force after a restart
 * @param problems why nothing was taken; empty if it was
 */
public record Reload(List<Change> applied, List<Change> needsRestart, List<Problem> problems) {

    /** Keys, or the beginnings of keys, of what is made once at start. */
    private static final List<String> FIXED = List.of(
            "listen",
            "tls.",
            "admin.",
            "upstream.url",
            "upstream.connectTimeout",
            "upstream.idleEviction",
            "upstream.maxIdleConnections",
            "upstream.apiKey",
            "upstream.tls.",
            "engine.kind",
            "engine.kvEvents",
            "engine.kvReplay",
            "signals.",
            "law.name",
            "law.concur.initialAgents",
            "identity.fingerprint.",
            "tenants.fromCertificate",
            "decisions.",
            "report.",
            "tracing.");

    public Reload {
        applied = List.copyOf(applied);
        needsRestart = List.copyOf(needsRestart);
        problems = List.copyOf(problems);
    }

    /** A setting that differs: as it is written in the file, before and after. */
    public record Change(String key, String before, String after) {

        @Override
        public String toString() {
            return key + ": " + before + " -> " + after;
        }
    }

    /**
     * What has to change.
     *
     * @param atStart what the process was started with: what is made once still is as there
     * @param inForce what was read last and taken
     * @param now what is read now
     */
    public static Reload of(ConfigReader.Result atStart, ConfigReader.Result inForce, ConfigReader.Result now) {
        if (!now.isValid()) {
            return new Reload(List.of(), List.of(), now.problems());
        }
        Map<String, String> started = texts(atStart);
        Map<String, String> known = texts(inForce);
        List<Change> applied = new ArrayList<>();
        List<Change> needsRestart = new ArrayList<>();
        for (Setting setting : now.settings()) {
            boolean isFixed = FIXED.stream().anyMatch(setting.key()::startsWith);
            String was = (isFixed ? started : known).getOrDefault(setting.key(), "");
            if (!was.equals(setting.text())) {
                (isFixed ? needsRestart : applied)
                        .add(new Change(setting.key(), Problem.printable(was), Problem.printable(setting.text())));
            }
        }
        return new Reload(applied, needsRestart, List.of());
    }

    private static Map<String, String> texts(ConfigReader.Result read) {
        return read.settings().stream().collect(Collectors.toMap(Setting::key, Setting::text));
    }

    /** Whether the configuration could be read; if not, what was in force still is. */
    public boolean isValid() {
        return problems.isEmpty();
    }
}
