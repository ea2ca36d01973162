package dev.sluice.telemetry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each call that changes something or wanted to. Thread-safe. */
final class AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger("sluice.audit");

    void onAdminCall(String who, String what, String outcome) {
        LOG.info("Admin call from={} call={} outcome={}", LogValue.of(who), LogValue.of(what), LogValue.of(outcome));
    }
}
