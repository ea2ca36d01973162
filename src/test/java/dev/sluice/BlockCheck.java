package dev.sluice;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Fails a test class in which, or before which, one of Netty's threads blocked. Only under {@code -Pblockhound}; otherwise
 * BlockHound is not installed, and nothing is found.
 */
public final class BlockCheck implements BlockHoundIntegration, AfterAllCallback {

    private static final Queue<String> BLOCKED = new ConcurrentLinkedQueue<>();

    static {
        if (Boolean.getBoolean("sluice.blockhound")) {
            BlockHound.install();
        }
    }

    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.blockingMethodCallback(method -> BLOCKED.add(method + " in "
                + StackWalker.getInstance()
                        .walk(frames -> frames.skip(2)
                                .limit(40)
                                .filter(frame -> !frame.getClassName().startsWith("reactor."))
                                .map(StackWalker.StackFrame::toString)
                                .toList())));
        // Lines of the log for a change of state, a few in an hour; the access log has a thread of its own.
        builder.allowBlockingCallsInside("ch.qos.logback.classic.Logger", "callAppenders");
        // Netty's own short lock.
        builder.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator", "allocate");
        // Locks of a few instructions, under which tasks are handed over: the emulator's, and the gate's where it has a
        // thread of its own.
        builder.allowBlockingCallsInside("java.util.concurrent.ScheduledThreadPoolExecutor", "execute");
        // How the local transport waits for work, as others do in a selector.
        builder.allowBlockingCallsInside("io.netty.channel.local.LocalIoHandler", "run");
        // Classes are loaded once.
        builder.allowBlockingCallsInside("java.lang.ClassLoader", "loadClass");
    }

    @Override
    public void afterAll(ExtensionContext context) {
        List<String> blocked = new ArrayList<>();
        for (String each = BLOCKED.poll(); each != null; each = BLOCKED.poll()) {
            blocked.add(each);
        }
        if (!blocked.isEmpty()) {
            throw new AssertionError(
                    "a thread of Netty blocked in this class or one before: " + String.join("\n", blocked));
        }
    }
}
