package dev.sluice.engine;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.api.AnswerReader;
import dev.sluice.api.BadRequestException;
import dev.sluice.api.BodyEdit;
import dev.sluice.api.RequestFacts;
import dev.sluice.api.RequestReader;
import dev.sluice.api.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Set;

/**
 * Everything that reads bytes of others: metrics pages in text and JSON, requests, answers, KV events. Whatever comes, none of
 * them may throw what it does not say, hang, or tell a figure outside its range. One target, since a run fuzzes one.
 */
final class ReadersFuzzTest {

    private static final RequestReader REQUESTS = new RequestReader(Set.of("session_id", "metadata.user_id"));
    private static final Set<String> REMOVED = Set.of("session_id");

    private static final class Deaf implements KvEventListener {
        @Override
        public void onStored(long blocks, long tokens) {
            require(blocks >= 0 && tokens >= 0);
        }

        @Override
        public void onRemoved(long blocks, long tokens, boolean fromGpu) {
            require(blocks >= 0 && tokens >= 0);
        }

        @Override
        public void onCleared() {}

        @Override
        public void onMissed(long batches) {}

        @Override
        public void onUnreadable() {}
    }

    @FuzzTest(maxDuration = "60s")
    void readsWhateverComes(FuzzedDataProvider input) {
        int reader = input.consumeInt(0, 3);
        Route route = input.pickValue(Route.values());
        boolean flag = input.consumeBoolean();
        byte[] bytes = input.consumeRemainingAsBytes();
        switch (reader) {
            case 0 -> page(bytes);
            case 1 -> request(route, bytes);
            case 2 -> answer(route, flag, bytes);
            default -> new KvEventBatch(new Deaf()).read(bytes);
        }
    }

    private static void page(byte[] bytes) {
        PageReading reading = PageReading.of("", bytes, Dialects.ALL, 1);
        boolean inRange = reading.signal()
                .match(
                        sample -> !(sample.kvUsageRatio() < 0 || sample.kvUsageRatio() > 1)
                                && sample.poolTokens() != 0
                                && sample.poolTokens() >= -1
                                && sample.ranks() >= 1,
                        silence -> true);
        require(inRange);
        Introduction.NONE.withModels(bytes).withVersion(bytes).withAbout(bytes);
    }

    private static void request(Route route, byte[] bytes) {
        ByteBuf body = Unpooled.wrappedBuffer(bytes);
        try {
            RequestFacts facts = REQUESTS.read(route, body, REMOVED);
            int from = 0;
            for (BodyEdit edit : facts.removals()) {
                require(edit.offset() >= from && edit.offset() + edit.deleted() <= bytes.length);
                from = edit.offset() + edit.deleted();
            }
        } catch (BadRequestException e) {
            require(e.getMessage() != null);
        }
    }

    private static void answer(Route route, boolean dropUsage, byte[] bytes) {
        AnswerReader reader = AnswerReader.of(route, dropUsage ? "text/event-stream" : "application/json", dropUsage);
        int cut = bytes.length / 2;
        long passed = drained(reader.onBytes(Unpooled.copiedBuffer(bytes, 0, cut)));
        passed += drained(reader.onBytes(Unpooled.copiedBuffer(bytes, cut, bytes.length - cut)));
        passed += drained(reader.onEnd());
        require(passed <= bytes.length && (dropUsage || passed == bytes.length));
        reader.release();
    }

    private static long drained(ByteBuf bytes) {
        int readable = bytes.readableBytes();
        bytes.release();
        return readable;
    }

    private static void require(boolean held) {
        if (!held) {
            throw new IllegalStateException("a reader told what cannot be");
        }
    }
}
