package dev.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** Batches in both encodings, and a publisher that leaves gaps. */
@Timeout(60)
final class KvEventStreamTest {

    private static final class Heard implements KvEventListener {
        final AtomicLong stored = new AtomicLong();
        final AtomicLong storedTokens = new AtomicLong();
        final AtomicLong removed = new AtomicLong();
        final AtomicLong removedTokens = new AtomicLong();
        final AtomicLong tier = new AtomicLong();
        final AtomicLong cleared = new AtomicLong();
        final AtomicLong missed = new AtomicLong();
        final AtomicLong unreadable = new AtomicLong();

        @Override
        public void onStored(long blocks, long tokens) {
            stored.addAndGet(blocks);
            storedTokens.addAndGet(tokens);
        }

        @Override
        public void onRemoved(long blocks, long tokens, boolean fromGpu) {
            (fromGpu ? removed : tier).addAndGet(blocks);
            removedTokens.addAndGet(tokens);
        }

        @Override
        public void onCleared() {
            cleared.incrementAndGet();
        }

        @Override
        public void onMissed(long batches) {
            missed.addAndGet(batches);
        }

        @Override
        public void onUnreadable() {
            unreadable.incrementAndGet();
        }
    }

    private interface Writing {
        void to(MessageBufferPacker out) throws IOException;
    }

    private final Heard heard = new Heard();

    @Test
    void readsEventsInArrays() {
        new KvEventBatch(heard).read(packed(out -> {
            out.packArrayHeader(3).packDouble(1.5).packArrayHeader(4);
            out.packArrayHeader(7).packString("BlockStored").packArrayHeader(2).packLong(-5);
            out.packBinaryHeader(2).writePayload(new byte[] {1, 2});
            out.packNil()
                    .packArrayHeader(2)
                    .packInt(7)
                    .packInt(8)
                    .packInt(16)
                    .packNil()
                    .packString("GPU");
            out.packArrayHeader(3)
                    .packString("BlockRemoved")
                    .packArrayHeader(1)
                    .packLong(9)
                    .packString("GPU");
            out.packArrayHeader(3)
                    .packString("BlockRemoved")
                    .packArrayHeader(1)
                    .packLong(9)
                    .packString("CPU_PINNED");
            out.packArrayHeader(1).packString("AllBlocksCleared");
            out.packInt(0);
        }));
        assertThat(heard.stored).hasValue(2);
        assertThat(heard.storedTokens).hasValue(32);
        assertThat(heard.removed).hasValue(1);
        assertThat(heard.tier).hasValue(1);
        assertThat(heard.removedTokens).hasValue(32);
        assertThat(heard.cleared).hasValue(1);
        assertThat(heard.unreadable).hasValue(0);
    }

    @Test
    void readsEventsInMapsWithFieldsThatNobodyKnows() {
        new KvEventBatch(heard).read(packed(out -> {
            out.packArrayHeader(2).packDouble(1.5).packArrayHeader(3);
            out.packMapHeader(4)
                    .packString("new")
                    .packMapHeader(1)
                    .packString("a")
                    .packNil();
            out.packString("block_size").packInt(32).packString("type").packString("BlockStored");
            out.packString("block_hashes").packArrayHeader(1).packLong(1);
            out.packMapHeader(3)
                    .packString("type")
                    .packString("BlockRemoved")
                    .packString("medium")
                    .packNil();
            out.packString("block_hashes")
                    .packArrayHeader(3)
                    .packLong(1)
                    .packLong(2)
                    .packLong(3);
            out.packMapHeader(1).packString("type").packString("BlockRenamed");
        }));
        assertThat(heard.storedTokens).hasValue(32);
        assertThat(heard.removedTokens).hasValue(96);
        assertThat(heard.unreadable).hasValue(0);
    }

    @Test
    void whateverComesIsReadOrDeclaredUnreadable() {
        byte[] whole = batch(3);
        SplittableRandom random = new SplittableRandom(17);
        KvEventBatch batch = new KvEventBatch(heard);
        for (int i = 0; i < 20_000; i++) {
            byte[] broken = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int flips = random.nextInt(4); flips > 0 && broken.length > 0; flips--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            batch.read(broken);
        }
        batch.read(new byte[] {(byte) 0xdd, 0x7f, -1, -1, -1, (byte) 0xc0, (byte) 0xdd, 0x7f, -1, -1, -1});
        assertThat(heard.unreadable.get()).isGreaterThan(1_000);
    }

    @Test
    void aGapIsAskedForWhereTheEngineKeepsItAndCountedElsewhere() {
        try (ZContext context = new ZContext()) {
            ZMQ.Socket events = context.createSocket(SocketType.PUB);
            ZMQ.Socket replay = context.createSocket(SocketType.ROUTER);
            String at = "tcp://127.0.0.1:" + events.bindToRandomPort("tcp://127.0.0.1");
            String keptAt = "tcp://127.0.0.1:" + replay.bindToRandomPort("tcp://127.0.0.1");
            try (KvEventStream stream = new KvEventStream(List.of(at), List.of(keptAt), heard)) {
                stream.start();
                long number = publishUntilHeard(events);
                long before = heard.removed.get();
                send(events, number + 3, 5);
                byte[] who = question(replay);
                answer(replay, who, number, 2, 3);
                await(() -> heard.removed.get() == before + 5 + 3 * 2);
                assertThat(heard.missed).hasValue(0);

                // It keeps two of the next four no longer; the answer before ends only now.
                send(events, number + 8, 1);
                question(replay);
                end(replay, who);
                answer(replay, who, number + 6, 1, 1);
                end(replay, who);
                await(() -> heard.missed.get() == 2);
                assertThat(heard.removed).hasValue(before + 5 + 6 + 1 + 2);

                send(events, 0, 1);
                await(() -> heard.removed.get() == before + 15);
                assertThat(heard.missed).hasValue(2);
            }
        }
    }

    /** The subscriber is there when it hears; the number that follows. */
    private long publishUntilHeard(ZMQ.Socket events) {
        long number = 100;
        while (heard.removed.get() == 0) {
            send(events, number++, 1);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        // Whatever was under way is there when this is.
        send(events, number++, packed(out -> {
            out.packArrayHeader(2).packDouble(1).packArrayHeader(1);
            out.packArrayHeader(1).packString("AllBlocksCleared");
        }));
        await(() -> heard.cleared.get() == 1);
        return number;
    }

    /** Who asked the next question. */
    private static byte[] question(ZMQ.Socket replay) {
        byte[] who = replay.recv();
        while (replay.hasReceiveMore()) {
            replay.recv();
        }
        return who;
    }

    /** Batches from a number on, and some of what came since, as vLLM sends them. */
    private static void answer(ZMQ.Socket replay, byte[] who, long from, int blocks, int further) {
        for (long number = from; number <= from + further; number++) {
            reply(replay, who, number, batch(blocks));
        }
    }

    private static void end(ZMQ.Socket replay, byte[] who) {
        reply(replay, who, -1, new byte[0]);
    }

    private static void reply(ZMQ.Socket replay, byte[] who, long number, byte[] payload) {
        replay.sendMore(who);
        replay.sendMore(new byte[0]);
        replay.sendMore(ByteBuffer.allocate(8).putLong(number).array());
        replay.send(payload);
    }

    private static void send(ZMQ.Socket events, long number, int blocks) {
        send(events, number, batch(blocks));
    }

    private static void send(ZMQ.Socket events, long number, byte[] payload) {
        events.sendMore("");
        events.sendMore(ByteBuffer.allocate(8).putLong(number).array());
        events.send(payload);
    }

    private static byte[] batch(int blocks) {
        return packed(out -> {
            out.packArrayHeader(3).packDouble(1).packArrayHeader(1);
            out.packMapHeader(2).packString("type").packString("BlockRemoved");
            out.packString("block_hashes").packArrayHeader(blocks);
            for (int i = 0; i < blocks; i++) {
                out.packLong(i);
            }
            out.packInt(0);
        });
    }

    private static byte[] packed(Writing writing) {
        try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
            writing.to(out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - startNanos).isLessThan(TimeUnit.SECONDS.toNanos(20));
            LockSupport.parkNanos(1_000_000);
        }
    }
}
