package dev.sluice.engine;

import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSignal;
import dev.sluice.control.EngineSilence;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Collects signals and lets a test wait for them. Thread-safe. */
final class Signals implements Consumer<EngineSignal> {

    private final BlockingQueue<EngineSignal> received = new LinkedBlockingQueue<>();

    @Override
    public void accept(EngineSignal signal) {
        received.add(signal);
    }

    EngineSample nextSample() throws InterruptedException {
        return next().match(sample -> sample, silence -> {
            throw new AssertionError(silence);
        });
    }

    /** Passes over silences. */
    EngineSample firstSample() throws InterruptedException {
        while (true) {
            Optional<EngineSample> sample = next().match(Optional::of, silence -> Optional.<EngineSample>empty());
            if (sample.isPresent()) {
                return sample.get();
            }
        }
    }

    String nextSilence() throws InterruptedException {
        return next().match(
                        sample -> {
                            throw new AssertionError(sample);
                        },
                        EngineSilence::cause);
    }

    EngineSignal nextSignal() throws InterruptedException {
        return next();
    }

    private EngineSignal next() throws InterruptedException {
        EngineSignal signal = received.poll(30, TimeUnit.SECONDS);
        if (signal == null) {
            throw new AssertionError("no signal within 30 s");
        }
        return signal;
    }
}
