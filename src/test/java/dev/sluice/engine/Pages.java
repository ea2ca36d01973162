package dev.sluice.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.control.EngineSample;
import dev.sluice.control.EngineSilence;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** The metrics pages under {@code src/test/resources/metrics}. */
final class Pages {

    static final List<String> ALL = List.of(
            "vllm-0.8.prom",
            "vllm-0.10-both-names.prom",
            "vllm-0.26-two-ranks.prom",
            "vllm-0.32-trapped.prom",
            "vllm-under-ray.prom",
            "other-engine.prom");

    private Pages() {}

    static byte[] bytes(String name) {
        try (InputStream file = Objects.requireNonNull(Pages.class.getResourceAsStream("/metrics/" + name), name)) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(String name) {
        return new String(bytes(name), UTF_8);
    }

    /** What {@code page} says to somebody who knows nothing of the engine. */
    static PageReading reading(byte[] page) {
        return PageReading.of("", page, Dialects.ALL, 1);
    }

    /** What {@code page} says; fails if it is a silence. */
    static EngineSample sample(byte[] page) {
        return reading(page).signal().match(sample -> sample, silence -> {
            throw new AssertionError(silence);
        });
    }

    /** The cause why {@code page} is unusable; empty if it is usable. */
    static String silence(byte[] page) {
        return reading(page).signal().match(sample -> "", EngineSilence::cause);
    }
}
