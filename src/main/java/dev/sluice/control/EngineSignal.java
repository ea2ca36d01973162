package dev.sluice.control;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the engine's metrics page said, or that it said nothing. Absence is a value that each law must answer. */
public sealed interface EngineSignal permits EngineSample, EngineSilence {

    /** When the signal was taken, on the monotonic clock of the caller. */
    long takenAtNanos();

    /** Exhaustive by construction: a further kind of signal does not compile until it is handled. */
    <T extends @Nullable Object> T match(Function<EngineSample, T> onSample, Function<EngineSilence, T> onSilence);
}
