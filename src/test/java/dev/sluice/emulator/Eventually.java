package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition of another thread's making, with a deadline. */
final class Eventually {

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private Eventually() {}

    static void await(String what, BooleanSupplier condition) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - startNanos).as(what).isLessThan(DEADLINE_NANOS);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
