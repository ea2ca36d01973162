package dev.sluice.app;

import dev.sluice.gate.Loop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells when what a file says has changed. It looks at the content every two seconds instead of waiting for events: those
 * of a directory mounted by Kubernetes are of links behind links, and differ by file system. Confined to its loop.
 */
final class FileWatch {

    private static final Duration PACE = Duration.ofSeconds(2);

    /** A file that is missing so often in a row is no longer being replaced. */
    private static final int MISSING_LOOKS = 3;

    private final Path file;
    private final Runnable onChange;
    private @Nullable String content;
    private int missing;

    private FileWatch(Path file, Runnable onChange) {
        this.file = file;
        this.onChange = onChange;
        this.content = read();
    }

    /** Watches {@code file} from now on. */
    static void start(Path file, Loop loop, Runnable onChange) {
        FileWatch watch = new FileWatch(file, onChange);
        loop.repeat(PACE, watch::look);
    }

    private void look() {
        String now = read();
        missing = now == null ? missing + 1 : 0;
        boolean isBeingReplaced = missing > 0 && missing < MISSING_LOOKS;
        if (!isBeingReplaced && !Objects.equals(now, content)) {
            content = now;
            onChange.run();
        }
    }

    /** Null if it cannot be read, as it may be for a moment while it is replaced. */
    private @Nullable String read() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return null;
        }
    }
}
