package dev.sluice.control;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The engine's metrics could not be read or were unusable.
 *
 * @param takenAtNanos when the attempt failed
 * @param cause what went wrong, one of a small closed set of words fit for a log line
 */
public record EngineSilence(long takenAtNanos, String cause) implements EngineSignal {

    @Override
    public <T extends @Nullable Object> T match(
            Function<EngineSample, T> onSample, Function<EngineSilence, T> onSilence) {
        return onSilence.apply(this);
    }
}
