package dev.sluice.config;

/** Reads YAML into {@link SluiceConfig}. */
public final class ConfigReader {
    private ConfigReader() {}
}
