package dev.sluice.proxy;

import dev.sluice.config.LimitsConfig;
import io.netty.util.concurrent.Future;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how long a client may let the other side wait where the next move is its own. What the engine or the queue is
 * waited for has bounds elsewhere. Confined to one event loop.
 */
final class ClientPatience {

    /** What the client is to do next. */
    enum Turn {
        /** Nothing: the next move is not the client's. */
        NONE,
        /** Send the rest of a request. */
        SEND,
        /** Read what was written to it. */
        READ,
        /** Send the next request, or leave. */
        ASK;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final ClientEdge edge;
    private final LongSupplier nanoClock;
    private final Supplier<Turn> turn;
    private final Consumer<Turn> onOver;
    private final long silenceNanos;
    private final long idleNanos;
    private long movedNanos;
    private @Nullable Future<?> look;

    /** @param onOver told once which turn the client has let pass */
    ClientPatience(
            ClientEdge edge, LimitsConfig limits, LongSupplier nanoClock, Supplier<Turn> turn, Consumer<Turn> onOver) {
        this.edge = edge;
        this.nanoClock = nanoClock;
        this.turn = turn;
        this.onOver = onOver;
        this.silenceNanos = limits.clientSilence().toNanos();
        this.idleNanos = limits.clientIdle().toNanos();
    }

    void start() {
        onMove();
        lookAfter(Math.min(silenceNanos, idleNanos));
    }

    /** The client has moved, or a turn of its begins. */
    void onMove() {
        movedNanos = nanoClock.getAsLong();
    }

    /** Idempotent. */
    void stop() {
        Future<?> next = look;
        if (next != null) {
            next.cancel(false);
        }
    }

    private void look() {
        Turn now = turn.get();
        long bound = now == Turn.SEND ? silenceNanos : idleNanos;
        long left = bound - (nanoClock.getAsLong() - movedNanos);
        if (now == Turn.NONE) {
            lookAfter(Math.min(silenceNanos, idleNanos));
        } else if (left > 0) {
            lookAfter(Math.min(left, silenceNanos));
        } else {
            onOver.accept(now);
        }
    }

    private void lookAfter(long nanos) {
        look = edge.schedule(this::look, nanos);
    }
}
