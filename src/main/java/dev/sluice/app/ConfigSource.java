package dev.sluice.app;

import dev.sluice.config.ConfigReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a configuration comes from: options win over the environment, that over the file, that over the defaults. Immutable.
 *
 * @param file null if there is none
 * @param given settings of options and environment, by key
 */
record ConfigSource(@Nullable Path file, Map<String, Object> given) {

    ConfigSource {
        given = Map.copyOf(given);
    }

    /**
     * A source that takes the environment in.
     *
     * @param options settings by key
     */
    static ConfigSource of(@Nullable Path file, Map<String, Object> options, Map<String, String> environment) {
        Map<String, Object> given = new HashMap<>(ConfigReader.settingsOf(environment));
        given.putAll(options);
        return new ConfigSource(file, given);
    }

    /** Reads it as it is now. */
    ConfigReader.Result read() {
        return file == null ? ConfigReader.read("", given) : ConfigReader.read(file, given);
    }

    /** For the beginning of a line that says what is wrong. */
    String name() {
        return file == null ? "sluice run" : file.toString();
    }
}
