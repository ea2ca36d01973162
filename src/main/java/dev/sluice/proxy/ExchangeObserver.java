package dev.sluice.proxy;

/** Told of exchanges, on their event loops: must be thread-safe and return at once. */
public interface ExchangeObserver {

    ExchangeObserver NONE = new ExchangeObserver() {};

    /** A governed request was sent to the engine. Paired with {@link #onGovernedEnd}. */
    default void onGovernedStart() {}

    /** The engine is done with a governed request, whatever the ending. */
    default void onGovernedEnd() {}

    /** The engine could not be reached, broke off, or was too slow. {@code kind} is one of a small closed set. */
    default void onUpstreamError(String kind) {}

    /** A client's connection is closed because it let its turn pass. {@code turn} is one of a small closed set. */
    default void onClientTimeout(String turn) {}

    /** A connection is refused because clients have as many as they may have. */
    default void onConnectionRefused() {}

    /** Refused because the heap was nearly full: a {@code step}, a {@code request} or a {@code connection}. */
    default void onShed(String what) {}

    /** The bodies of governed requests that are being received take so many bytes now, all together. */
    default void onCollecting(long bytes) {}

    default void onExchange(ExchangeRecord exchange) {}
}
