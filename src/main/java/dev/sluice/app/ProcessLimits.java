package dev.sluice.app;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.sluice.config.SluiceConfig;
import dev.sluice.gate.Loop;
import dev.sluice.proxy.Resources;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the process may use: its heap as each collection leaves it, its descriptors, its direct memory. Between collections garbage
 * looks like use, so the share that counts is the smaller of what the last collection left and what is in use now. Thread-safe.
 */
final class ProcessLimits implements AutoCloseable, NotificationListener {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessLimits.class);

    /** A heap that looks full without new traffic would look full for ever: then a collection is asked for. */
    private static final double FULL_RATIO = 0.9;

    private static final Duration PACE = Duration.ofSeconds(5);

    /** Descriptors for what is no connection of the data port (logs, the admin port, the engine's pages), and at most what share. */
    private static final long RESERVED_DESCRIPTORS = 256;

    private static final int LEAST_SHARE = 4;

    /** An agent and its conversation take less than a third of that: tables that are full leave most of the heap to all else. */
    private static final int HEAP_PER_AGENT = 8 << 10;

    /** What the memory behind bodies mostly stays below, as a multiple of them. */
    private static final int MEMORY_PER_BODY = 2;

    private final Set<String> heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());
    private volatile long leftByCollection;
    private volatile boolean collected;

    private ProcessLimits() {}

    /** @param loop looks after a heap that seems full */
    static ProcessLimits watch(Loop loop) {
        ProcessLimits limits = new ProcessLimits();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener(limits, null, null);
            }
        }
        loop.repeat(PACE, limits::look);
        return limits;
    }

    /** The settings with tables of agents and conversations that fit into the heap, and bounds on bodies that fit beside it. */
    static SluiceConfig fitted(SluiceConfig config) {
        return fitted(config, Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory());
    }

    /** @param directBytes for bodies; 0 or less if that is not known */
    static SluiceConfig fitted(SluiceConfig config, long heapBytes, long directBytes) {
        int most = (int) Math.min(Integer.MAX_VALUE, heapBytes / HEAP_PER_AGENT);
        SluiceConfig fitted = config.within(most, directBytes > 0 ? directBytes / MEMORY_PER_BODY : Long.MAX_VALUE);
        if (!fitted.equals(config)) {
            LOG.info(
                    "There is little memory: less is remembered and held than configured"
                            + " agents.max={} identity.fingerprint.maxConversations={} queue.maxBytes={} limits.collectingBytes={}",
                    fitted.agents().max(),
                    fitted.identity().fingerprint().maxConversations(),
                    fitted.queue().maxBytes(),
                    fitted.limits().collectingBytes());
        }
        return fitted;
    }

    Resources resources() {
        return new Resources(this::heapRatio, mostConnections());
    }

    double heapRatio() {
        Runtime process = Runtime.getRuntime();
        long inUse = process.totalMemory() - process.freeMemory();
        return (double) Math.min(leftByCollection, inUse) / process.maxMemory();
    }

    /** Says which bounds the process cannot keep. */
    void compareWith(SluiceConfig config) {
        long direct = PlatformDependent.maxDirectMemory();
        if (direct > 0 && !holdsBodies(config, direct)) {
            LOG.warn(
                    "Bodies may take more memory than there is, twice what they are: connections would fail before the bounds"
                            + " are reached"
                            + " queue.maxBytes={} limits.collectingBytes={} directMemory={}"
                            + " expected=\"a smaller limits.bodyBytes, or more memory\"",
                    config.queue().maxBytes(),
                    config.limits().collectingBytes(),
                    direct);
        }
        int most = mostConnections();
        if (config.limits().connections() > most) {
            LOG.warn(
                    "There are fewer descriptors than limits.connections needs: more connections are refused"
                            + " limits.connections={} connections={} expected=\"ulimit -n of twice the connections\"",
                    config.limits().connections(),
                    most);
        }
    }

    /** Whether so many bytes are enough for what may wait and be received at once. */
    static boolean holdsBodies(SluiceConfig config, long directBytes) {
        return MEMORY_PER_BODY * (config.queue().maxBytes() + config.limits().collectingBytes()) <= directBytes;
    }

    @Override
    public void handleNotification(Notification news, Object handback) {
        if (news.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            GarbageCollectionNotificationInfo collection =
                    GarbageCollectionNotificationInfo.from((CompositeData) news.getUserData());
            leftByCollection = collection.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
                    .filter(pool -> heapPools.contains(pool.getKey()))
                    .map(Map.Entry::getValue)
                    .mapToLong(usage -> usage.getUsed())
                    .sum();
            collected = true;
        }
    }

    private void look() {
        if (heapRatio() >= FULL_RATIO && !collected) {
            System.gc();
        }
        collected = false;
    }

    /** Each may need a second one, to the engine. */
    private static int mostConnections() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            long all = unix.getMaxFileDescriptorCount();
            long left = all - Math.min(RESERVED_DESCRIPTORS, all / LEAST_SHARE);
            return (int) Math.max(1, Math.min(Integer.MAX_VALUE, left / 2));
        }
        return Integer.MAX_VALUE;
    }

    @Override
    public void close() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector instanceof NotificationEmitter emitter) {
                try {
                    emitter.removeNotificationListener(this);
                } catch (ListenerNotFoundException e) {
                    LOG.debug("Not a listener any more");
                }
            }
        }
    }
}
