package dev.sluice.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/**
 * Listens to what the engine's cache stores and lets go (ZeroMQ, three frames: topic, number, batch). Numbers tell gaps: what was
 * missed is asked for where the engine keeps it, else counted. A number that falls back means that the engine was restarted.
 *
 * <p>Thread-safe. Owns one thread, on which the listener is told. An engine that is away is waited for without an end; what it
 * sends faster than it is read waits in a bounded queue, and is dropped by the publisher's side beyond that.
 */
public final class KvEventStream implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KvEventStream.class);

    private static final int MAX_MESSAGE_BYTES = 16 << 20;
    private static final int MAX_WAITING = 10_000;
    private static final int POLL_MILLIS = 100;
    private static final int NUMBER_BYTES = 8;

    /** More is not asked for: the engine keeps some thousands. */
    private static final long MOST_REPLAYED = 100_000;

    private final List<String> addresses;
    private final List<String> replays;
    private final KvEventListener listener;
    private final Thread thread;
    private volatile boolean closed;

    /** One rank's stream. */
    private final class Source {

        private final ZMQ.Socket events;
        private final ZMQ.@Nullable Socket replay;
        private final KvEventBatch batch = new KvEventBatch(listener);
        private long next = -1;

        /** Batches asked for again that have not come: how many, and the least and the greatest number that one can have. */
        private long awaited;

        private long wantedFrom;
        private long wantedUpTo = -1;

        /** Questions whose answer has not ended: an answer is not told from another's but by their order. */
        private int answersDue;

        Source(ZContext context, String address, @Nullable String replayAddress) {
            events = context.createSocket(SocketType.SUB);
            events.setRcvHWM(MAX_WAITING);
            events.setMaxMsgSize(MAX_MESSAGE_BYTES);
            events.setLinger(0);
            events.subscribe(ZMQ.SUBSCRIPTION_ALL);
            events.connect(address);
            replay = replayAddress == null ? null : context.createSocket(SocketType.DEALER);
            if (replay != null && replayAddress != null) {
                replay.setRcvHWM(MAX_WAITING);
                replay.setMaxMsgSize(MAX_MESSAGE_BYTES);
                replay.setLinger(0);
                replay.connect(replayAddress);
            }
        }

        void onEvents() {
            for (List<byte[]> frames = receive(events); frames != null; frames = receive(events)) {
                long number = number(frames, frames.size() - 2);
                if (number < 0) {
                    listener.onUnreadable();
                    continue;
                }
                if (number < next) {
                    settle();
                    answersDue = 0;
                } else if (next >= 0 && number > next) {
                    onGap(next, number);
                }
                next = number + 1;
                batch.read(frames.get(frames.size() - 1));
            }
        }

        private void onGap(long first, long following) {
            settle();
            ZMQ.Socket keeper = replay;
            boolean isAsked = keeper != null
                    && following - first <= MOST_REPLAYED
                    && keeper.send(new byte[0], ZMQ.SNDMORE | ZMQ.DONTWAIT)
                    && keeper.send(
                            ByteBuffer.allocate(NUMBER_BYTES).putLong(first).array(), ZMQ.DONTWAIT);
            if (!isAsked) {
                listener.onMissed(following - first);
                return;
            }
            awaited = following - first;
            wantedFrom = first;
            wantedUpTo = following - 1;
            answersDue++;
        }

        /**
         * What is kept comes up to now, and then a number of -1: of that only the gap is new. What an earlier answer holds of it
         * is as good, but its end says nothing of a later question's.
         */
        void onReplay() {
            ZMQ.Socket keeper = replay;
            if (keeper == null) {
                return;
            }
            for (List<byte[]> frames = receive(keeper); frames != null; frames = receive(keeper)) {
                long number = number(frames, frames.size() - 2);
                if (number < 0) {
                    answersDue = Math.max(0, answersDue - 1);
                    if (answersDue == 0) {
                        settle();
                    }
                } else if (awaited > 0 && number >= wantedFrom && number <= wantedUpTo) {
                    awaited--;
                    wantedFrom = number + 1;
                    batch.read(frames.get(frames.size() - 1));
                }
            }
        }

        /** What was asked for and has not come is missed. */
        private void settle() {
            if (awaited > 0) {
                listener.onMissed(awaited);
                awaited = 0;
            }
        }
    }

    /**
     * Does nothing before {@link #start}.
     *
     * @param replays in the order of the addresses; may be fewer
     */
    public KvEventStream(List<String> addresses, List<String> replays, KvEventListener listener) {
        this.addresses = List.copyOf(addresses);
        this.replays = List.copyOf(replays);
        this.listener = listener;
        this.thread = new Thread(this::run, "sluice-kv-events");
        thread.setDaemon(true);
    }

    /** Begins to listen; once. Without addresses there is nothing to listen to. */
    public void start() {
        if (!addresses.isEmpty()) {
            thread.start();
        }
    }

    /** Stops soon. */
    @Override
    public void close() {
        closed = true;
    }

    private void run() {
        try (ZContext context = new ZContext();
                ZMQ.Poller poller = context.createPoller(2 * addresses.size())) {
            List<Source> sources = new ArrayList<>();
            for (int i = 0; i < addresses.size(); i++) {
                Source source = new Source(context, addresses.get(i), i < replays.size() ? replays.get(i) : null);
                sources.add(source);
                poller.register(source.events, ZMQ.Poller.POLLIN);
                if (source.replay != null) {
                    poller.register(source.replay, ZMQ.Poller.POLLIN);
                }
            }
            while (!closed) {
                poller.poll(POLL_MILLIS);
                sources.forEach(Source::onEvents);
                sources.forEach(Source::onReplay);
            }
        } catch (ZMQException | IllegalArgumentException e) {
            // The thread's outer edge: events are an extra, everything else goes on.
            LOG.error("KV events are no longer listened to addresses={}", addresses, e);
        }
    }

    /** The frames of the next message; null if there is none. */
    private static @Nullable List<byte[]> receive(ZMQ.Socket from) {
        byte[] frame = from.recv(ZMQ.DONTWAIT);
        if (frame == null) {
            return null;
        }
        List<byte[]> frames = new ArrayList<>();
        frames.add(frame);
        while (from.hasReceiveMore()) {
            frames.add(from.recv());
        }
        return frames;
    }

    /** The number in a frame; -1 if there is none. */
    private static long number(List<byte[]> frames, int place) {
        boolean isOne = place >= 0 && frames.get(place).length == NUMBER_BYTES;
        return isOne ? Math.max(-1, ByteBuffer.wrap(frames.get(place)).getLong()) : -1;
    }
}
