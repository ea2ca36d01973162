package dev.sluice.proxy;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** The bytes of all bodies that are being collected: each has its own bound, and this is the one of all together. Thread-safe. */
final class BodyAccount {

    private final AtomicLong bytes = new AtomicLong();
    private final LongConsumer told;

    /**
     * @param told the sum, whenever it has changed; on any event loop
     */
    BodyAccount(LongConsumer told) {
        this.told = told;
    }

    /** Counts so many more, unless that were more than {@code most}. */
    boolean take(long more, long most) {
        long now = bytes.addAndGet(more);
        if (now > most) {
            giveBack(more);
            return false;
        }
        told.accept(now);
        return true;
    }

    void giveBack(long fewer) {
        told.accept(bytes.addAndGet(-fewer));
    }
}
