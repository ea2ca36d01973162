package dev.sluice.decision;

import dev.sluice.admission.Arrival;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Usage;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.Setting;
import dev.sluice.config.SluiceConfig;
import dev.sluice.control.BudgetChange;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Something that the gate was told or decided, with all that is needed to replay it. Holds no prompt, no credential, and of
 * clients' ids only what Sluice made of them. Immutable.
 */
public sealed interface Decision {

    /** When, by the clock of the gate's loop. */
    long atNanos();

    /**
     * These settings are in force from now on.
     *
     * @param settings by key, as they are written in the file; only those that decide who goes when
     */
    record Configured(long atNanos, Map<String, String> settings) implements Decision {
        /** What decides who goes when; nothing of addresses, files and tenants' keys. */
        private static final Pattern DECISIVE = Pattern.compile(
                "mode|law\\..*|pool\\..*|queue\\..*|agents\\..*|clients\\..*|tenants\\.(weights|token.*|budget.*)"
                        + "|signals\\.(interval|staleAfter)|identity\\.fingerprint\\..*");

        public Configured {
            settings = Map.copyOf(settings);
        }

        public static Configured of(SluiceConfig config, long nowNanos) {
            return new Configured(
                    nowNanos,
                    ConfigReader.settingsOf(config).stream()
                            .filter(setting -> DECISIVE.matcher(setting.key()).matches())
                            .collect(Collectors.toMap(Setting::key, Setting::text)));
        }
    }

    /** That mode is in force from now on. */
    record ModeSwitched(long atNanos, String mode) implements Decision {}

    /** The law changed its budget. */
    record BudgetChanged(long atNanos, BudgetChange change) implements Decision {}

    /** An agent's prefix was given up; {@code tokens} of it. */
    record Paused(long atNanos, String agentId, String reason, long tokens) implements Decision {}

    /** An agent whose prefix had been given up goes on. */
    record Resumed(long atNanos, String agentId) implements Decision {}

    /** Of one step. */
    sealed interface OfStep extends Decision {
        /** Unique within a process. */
        long stepId();

        String agentId();
    }

    /**
     * A step asked for leave.
     *
     * @param how its conversation was found, a word of {@code sluice_steps_attributed_total}; empty if it was not looked for
     */
    record Arrived(long atNanos, long stepId, Arrival arrival, String how) implements OfStep {
        @Override
        public String agentId() {
            return arrival.agentId();
        }
    }

    /** It may not go at once; {@code reason} is what stood first in its way. */
    record Held(long atNanos, long stepId, String agentId, String reason) implements OfStep {}

    /** It goes. {@code wouldHold}: in shadow mode, enforcement would have held it. */
    record Forwarded(long atNanos, long stepId, String agentId, long waitedNanos, boolean wouldHold)
            implements OfStep {}

    /** It was refused. */
    record Refused(long atNanos, long stepId, String agentId, Ending ending, long retryAfterNanos) implements OfStep {}

    /** Its first token has come. */
    record FirstToken(long atNanos, long stepId, String agentId) implements OfStep {}

    /** It is over. */
    record Ended(long atNanos, long stepId, String agentId, Ending ending, Usage usage) implements OfStep {}
}
