package dev.sluice.emulator;

import java.util.List;

/** The paged-KV engine without clock, thread or HTTP. */
public final class EngineCore {

    public EngineCore(Preset preset) {}

    /** Puts a sequence into the engine's queue. Refused with {@link IllegalArgumentException} if it can never fit. */
    public void submit(Sequence sequence) {}

    /** Takes a sequence out, running or waiting; unknown ids are ignored. */
    public void abort(long id) {}

    /** Whether any sequence runs or waits. */
    public boolean hasWork() {
        return false;
    }

    /** Runs one iteration over the sequences submitted so far. Only if {@link #hasWork()}. */
    public CoreStep step() {
        return new CoreStep(0, List.of());
    }

    public CoreStats stats() {
        return new CoreStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Forgets all cached, unreferenced blocks. */
    public void flushCache() {}
}
