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
     * @param inForce what was taken last
     * @param now what is read now
     */
    public static Reload of(SluiceConfig atStart, SluiceConfig inForce, ConfigReader.Result now) {
        if (!now.isValid()) {
            return new Reload(List.of(), List.of(), now.problems());
        }
        List<Setting> next = ConfigReader.settingsOf(now.config().withFixedOf(atStart));
        return new Reload(changes(ConfigReader.settingsOf(inForce), next), changes(next, now.settings()), List.of());
    }

    private static List<Change> changes(List<Setting> before, List<Setting> after) {
        Map<String, String> known = before.stream().collect(Collectors.toMap(Setting::key, Setting::text));
        List<Change> changes = new ArrayList<>();
        for (Setting setting : after) {
            String was = known.getOrDefault(setting.key(), "");
            if (!was.equals(setting.text())) {
                changes.add(new Change(setting.key(), Problem.printable(was), Problem.printable(setting.text())));
            }
        }
        return changes;
    }

    /** Whether the configuration could be read; if not, what was in force still is. */
    public boolean isValid() {
        return problems.isEmpty();
    }
}
