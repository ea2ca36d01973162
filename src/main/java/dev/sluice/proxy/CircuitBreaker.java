package dev.sluice.proxy;

import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps requests from finding out, each for itself, that the engine is down: after a connect that failed all others fail at
 * once, and one a second tries whether the engine is back. Its success lets everybody in again. Connections that are open are
 * not concerned.
 *
 * <p>Only what tells of the engine counts: no listener, no route, no such host, no answer. Want of descriptors on our side
 * does not, nor does a failure while another connect that began later has succeeded.
 *
 * <p>Shared by all event loops. Thread-safe.
 */
final class CircuitBreaker {

    /** Between two tries while the engine is down. */
    static final long PROBE_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(CircuitBreaker.class);

    private final LongSupplier nanoClock;
    private boolean isOpen;
    private boolean everConnected;
    private long connectedNanos;
    private long probedNanos;

    CircuitBreaker(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Why a request was failed without a try. */
    static final class OpenException extends ConnectException {

        private static final long serialVersionUID = 1L;

        OpenException() {
            super("the engine could not be reached a moment ago");
        }

        /** It tells of no place in the code. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** Whether to try to connect; whoever is told so has to tell what came of it. */
    synchronized boolean mayConnect() {
        long nowNanos = nanoClock.getAsLong();
        if (isOpen && nowNanos - probedNanos < PROBE_INTERVAL_NANOS) {
            return false;
        }
        probedNanos = nowNanos;
        return true;
    }

    synchronized void onConnected() {
        everConnected = true;
        connectedNanos = nanoClock.getAsLong();
        if (isOpen) {
            isOpen = false;
            log.info("The engine can be reached again.");
        }
    }

    /** @param begunNanos when the connect began that failed */
    synchronized void onFailed(long begunNanos, Throwable cause) {
        boolean isOutdated = everConnected && connectedNanos - begunNanos > 0;
        if (!isOpen && !isOutdated && tellsOfTheEngine(cause)) {
            isOpen = true;
            log.warn(
                    "The engine cannot be reached; requests fail at once, and one a second tries. cause={}",
                    cause.getMessage());
        }
    }

    private static boolean tellsOfTheEngine(Throwable cause) {
        return cause instanceof ConnectException
                || cause instanceof NoRouteToHostException
                || cause instanceof UnknownHostException
                || cause instanceof FileNotFoundException;
    }
}
