package dev.sluice;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class in which, or before which, a buffer was lost. Every test has it, by JUnit's own discovery of extensions. A
 * loss shows only when the buffer is collected, so after each class that has to do with Netty a collection is asked for.
 */
public final class LeakCheck implements AfterAllCallback {

    private static final Set<String> PACKAGES = Set.of("admin", "app", "emulator", "engine", "net", "proxy");

    private static final Queue<String> LOST = new ConcurrentLinkedQueue<>();

    static {
        // Before any class of Netty asks for a detector.
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Listening());
    }

    /** What was lost since the last call. */
    static List<String> lost() {
        System.gc();
        // A new buffer makes the detector look at what was collected.
        ByteBufAllocator.DEFAULT.buffer(16).release();
        List<String> lost = new ArrayList<>();
        for (String each = LOST.poll(); each != null; each = LOST.poll()) {
            lost.add(each);
        }
        return lost;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        String name = context.getRequiredTestClass().getPackageName();
        boolean isOutermost = context.getRequiredTestClass().getEnclosingClass() == null;
        if (isOutermost && PACKAGES.contains(name.substring(name.lastIndexOf('.') + 1))) {
            List<String> lost = lost();
            if (!lost.isEmpty()) {
                throw new AssertionError("buffers lost in this class or one before: " + lost);
            }
        }
    }

    private static final class Listening extends ResourceLeakDetectorFactory {

        @Override
        @SuppressWarnings("deprecation")
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval, long maxActive) {
            return newResourceLeakDetector(resource, interval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval) {
            return new ResourceLeakDetector<T>(resource, interval) {
                @Override
                protected boolean needReport() {
                    return true;
                }

                @Override
                protected void reportTracedLeak(String type, String records) {
                    LOST.add(type + records);
                }

                @Override
                protected void reportUntracedLeak(String type) {
                    LOST.add(type);
                }
            };
        }
    }
}
