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

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
