package dev.sluice.config;

import java.util.Locale;

/** What Sluice does with its decisions. */
public enum Mode {
    /** Decides and holds. */
    ENFORCE,
    /** Decides and records, forwards everything. */
    SHADOW,
    /** Forwards everything. */
    OFF;

    /** The milder one; after the mildest, the first again. */
    public Mode next() {
        return switch (this) {
            case ENFORCE -> SHADOW;
            case SHADOW -> OFF;
            case OFF -> ENFORCE;
        };
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
