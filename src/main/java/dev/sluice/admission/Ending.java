package dev.sluice.admission;

import java.util.Locale;

/** How a step ended. The same word stands in code, log, metric label ({@link #label()}) and documentation. */
public enum Ending {
    /** The engine's answer was passed on to its end and told of success. */
    COMPLETED,
    /** The engine answered with an error of its own (status 4xx or 5xx, or an error event before the first token), passed on as it came. */
    ENGINE_REFUSED,
    /** The client left while its step was held. The engine never saw it. */
    CLIENT_GONE_HELD,
    /** The client left while its step was in the engine. */
    CLIENT_GONE,
    /** No connection to the engine. */
    ENGINE_DOWN,
    /** The engine's connection broke before the answer was whole, or an error event told that more of it will not come. */
    ENGINE_DIED,
    /** The engine sent nothing for longer than the configured bound. */
    ENGINE_SLOW,
    /** Refused: the wait queue was full. */
    QUEUE_FULL,
    /** Refused: the longest wait was over. */
    WAIT_EXPIRED,
    /** Refused: its agent has asked the same too often within a minute. */
    RETRY_STORM,
    /** Refused: over the ceiling of the request, the agent or the engine, see {@link ContextUse}. */
    CONTEXT_LIMIT,
    /** Refused: the tenant has used up its tokens. */
    BUDGET_SPENT,
    /** Refused: the process is shutting down. */
    DRAINING;

    /** The word as it appears in logs, metric labels and documentation: lower case, underscores. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
