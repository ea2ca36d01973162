package dev.sluice.proxy;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An observer whose faults hurt nobody: what it is told may be lost, the exchange goes on. The first fault is logged. Thread-safe. */
final class GuardedObserver implements ExchangeObserver {

    private static final Logger log = LoggerFactory.getLogger(GuardedObserver.class);

    private final ExchangeObserver observer;
    private final AtomicBoolean hasFailed = new AtomicBoolean();

    private GuardedObserver(ExchangeObserver observer) {
        this.observer = observer;
    }

    static ExchangeObserver of(ExchangeObserver observer) {
        return observer instanceof GuardedObserver ? observer : new GuardedObserver(observer);
    }

    @Override
    public void onGovernedStart() {
        guard(observer::onGovernedStart);
    }

    @Override
    public void onGovernedEnd() {
        guard(observer::onGovernedEnd);
    }

    @Override
    public void onUpstreamError(String kind) {
        guard(() -> observer.onUpstreamError(kind));
    }

    @Override
    public void onClientTimeout(String turn) {
        guard(() -> observer.onClientTimeout(turn));
    }

    @Override
    public void onConnectionRefused() {
        guard(observer::onConnectionRefused);
    }

    @Override
    public void onShed(String what) {
        guard(() -> observer.onShed(what));
    }

    @Override
    public void onCollecting(long bytes) {
        guard(() -> observer.onCollecting(bytes));
    }

    @Override
    public void onExchange(ExchangeRecord exchange) {
        guard(() -> observer.onExchange(exchange));
    }

    private void guard(Runnable news) {
        try {
            news.run();
        } catch (Throwable e) {
            if (hasFailed.compareAndSet(false, true)) {
                log.error(
                        "What is told of exchanges is not whole because of a fault in Sluice; further ones are not logged.",
                        e);
            }
        }
    }
}
