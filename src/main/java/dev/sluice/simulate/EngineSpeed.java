package dev.sluice.simulate;

import dev.sluice.emulator.Preset;
import java.util.Locale;

/**
 * How fast an emulated engine is, over its preset. Immutable.
 *
 * @param prefill in computing tokens
 * @param decode in all else that an iteration takes
 */
public record EngineSpeed(double prefill, double decode) {

    /** As the preset has it. */
    public static final EngineSpeed PRESET = new EngineSpeed(1, 1);

    private static final double LEAST = 0.01;
    private static final double MOST = 1_000;

    public EngineSpeed {
        prefill = Math.max(LEAST, Math.min(MOST, prefill));
        decode = Math.max(LEAST, Math.min(MOST, decode));
    }

    Preset of(Preset preset) {
        return preset.faster(prefill, decode);
    }

    EngineSpeed times(double prefillFactor, double decodeFactor) {
        return new EngineSpeed(prefill * prefillFactor, decode * decodeFactor);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f (prefill) and %.2f (decode)", prefill, decode);
    }
}
