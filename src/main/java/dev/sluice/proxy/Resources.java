package dev.sluice.proxy;

import java.util.function.DoubleSupplier;

/**
 * What the process has to work with. Immutable; the supplier is thread-safe.
 *
 * @param heapRatio share of the heap that is in use and cannot be collected, 0..1
 * @param mostConnections client connections for which there are descriptors, those to the engine counted in
 */
public record Resources(DoubleSupplier heapRatio, int mostConnections) {

    /** More than anybody asks for. */
    public static final Resources PLENTY = new Resources(() -> 0, Integer.MAX_VALUE);
}
