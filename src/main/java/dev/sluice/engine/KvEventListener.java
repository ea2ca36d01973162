package dev.sluice.engine;

/** Told what the engine's cache does. Called on the stream's own thread: must return at once and must not throw. */
public interface KvEventListener {

    /** Blocks entered the prefix cache. */
    void onStored(long blocks, long tokens);

    /**
     * Blocks were let go.
     *
     * @param tokens in them; 0 while the size of a block is not known
     * @param fromGpu whether from the pool itself, and not from a tier behind it
     */
    void onRemoved(long blocks, long tokens, boolean fromGpu);

    /** All blocks were let go at once. */
    void onCleared();

    /** So many batches of events did not come. */
    void onMissed(long batches);

    /** A batch could not be read. */
    void onUnreadable();
}
