package dev.sluice.engine;

import java.util.Locale;

/** Why a reading of the metrics page failed: the causes of {@link dev.sluice.control.EngineSilence}. */
public enum SilenceCause {
    /** No connection: refused, unreachable, unknown name, not established in time, or TLS not agreed. */
    CONNECT_FAILED,
    /** The same where the page has an address of its own, and the engine's API can be connected to. */
    PAGE_UNREACHABLE,
    /** Connected, but no whole answer in time. */
    TIMED_OUT,
    /** The page is over the limit. */
    TOO_LARGE,
    /** Any status but 200. */
    BAD_STATUS,
    /** No HTTP, an encoded page, or a page without a single series. */
    UNREADABLE,
    /** A fine page, but no figure of an engine that we know; or an engine of which no page is known. */
    NO_DIALECT,
    /** A list of iterations that is empty: the engine has done nothing since it was last read. */
    NOTHING_NEW,
    /** The connection ended before the answer did. */
    BROKEN_OFF;

    /** Whether the engine answered, so that asking it for something else makes sense. */
    boolean isAnswered() {
        return switch (this) {
            case CONNECT_FAILED, TIMED_OUT, BROKEN_OFF -> false;
            case PAGE_UNREACHABLE, TOO_LARGE, BAD_STATUS, UNREADABLE, NO_DIALECT, NOTHING_NEW -> true;
        };
    }

    /** The name in lower case: fit for log lines and metric labels. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
