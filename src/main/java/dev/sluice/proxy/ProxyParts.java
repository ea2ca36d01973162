package dev.sluice.proxy;

import dev.sluice.gate.Gate;
import dev.sluice.net.Transport;
import io.netty.channel.EventLoopGroup;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the data path works with.
 *
 * @param gate asked before each governed request goes to the engine
 * @param observer told of every exchange; what it throws is caught
 * @param transport made {@code loops}
 * @param loops run clients and engine connections; the caller shuts them down after the proxy is closed
 * @param nanoClock the time, as {@link System#nanoTime} tells it
 * @param habits what the engine is like, as far as it is known now
 * @param resources what the process has
 */
public record ProxyParts(
        Gate gate,
        ExchangeObserver observer,
        Transport transport,
        EventLoopGroup loops,
        LongSupplier nanoClock,
        Supplier<EngineHabits> habits,
        Resources resources) {

    public ProxyParts {
        observer = GuardedObserver.of(observer);
    }

    /** With all resources there are, before an engine that takes any field. */
    public ProxyParts(
            Gate gate, ExchangeObserver observer, Transport transport, EventLoopGroup loops, LongSupplier nanoClock) {
        this(gate, observer, transport, loops, nanoClock, () -> EngineHabits.PLAIN, Resources.PLENTY);
    }
}
