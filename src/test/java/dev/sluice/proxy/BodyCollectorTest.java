package dev.sluice.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BodyCollectorTest {

    private long together;
    private final BodyAccount account = new BodyAccount(bytes -> together = bytes);
    private final BodyCollector collector = collector(5, 8);

    @AfterEach
    void release() {
        collector.release();
        assertThat(together).isZero();
    }

    private BodyCollector collector(long announcedBytes, long maxBytes) {
        return new BodyCollector(UnpooledByteBufAllocator.DEFAULT, announcedBytes, maxBytes, account, 10);
    }

    @Test
    void allBodiesTogetherHaveABound() {
        BodyCollector other = collector(-1, 8);
        assertThat(collector.add(Unpooled.copiedBuffer("12345678", US_ASCII))).isEqualTo(BodyCollector.Taken.YES);
        assertThat(other.add(Unpooled.copiedBuffer("12", US_ASCII))).isEqualTo(BodyCollector.Taken.YES);
        ByteBuf oneMore = Unpooled.copiedBuffer("3", US_ASCII);
        assertThat(other.add(oneMore)).isEqualTo(BodyCollector.Taken.TOO_MUCH_TOGETHER);
        assertThat(oneMore.refCnt()).isZero();
        assertThat(together).isEqualTo(10);

        collector.take().release();
        assertThat(together).isEqualTo(2);
        assertThat(other.add(Unpooled.copiedBuffer("3", US_ASCII))).isEqualTo(BodyCollector.Taken.YES);
        other.release();
    }

    @Test
    void largePiecesStayAsTheyWereRead() {
        BodyCollector large = new BodyCollector(UnpooledByteBufAllocator.DEFAULT, -1, 1 << 20, account, 1 << 20);
        large.add(Unpooled.copiedBuffer("ab", US_ASCII));
        ByteBuf read = Unpooled.buffer(70_000).writeZero(70_000);
        large.add(read);
        assertThat(read.refCnt()).isEqualTo(1);
        large.add(Unpooled.copiedBuffer("cd", US_ASCII));
        assertThat(together).isEqualTo(70_004);
        ByteBuf whole = large.take();
        assertThat(whole.readableBytes()).isEqualTo(70_004);
        assertThat(whole.toString(0, 2, US_ASCII) + whole.toString(70_002, 2, US_ASCII))
                .isEqualTo("abcd");
        large.release();
        assertThat(whole.release()).isTrue();
        assertThat(read.refCnt()).isZero();
    }

    @Test
    void afterALargePieceASmallOneTakesLittleRoom() {
        UnpooledByteBufAllocator room = new UnpooledByteBufAllocator(false);
        BodyCollector large = new BodyCollector(room, 1 << 20, 1 << 20, account, 1 << 20);
        large.add(Unpooled.buffer(70_000).writeZero(70_000));
        large.add(Unpooled.copiedBuffer("a", US_ASCII));
        assertThat(room.metric().usedHeapMemory()).isEqualTo(4 << 10);
        large.release();
    }

    /** What fails: the first room, the joint of the pieces without and with one, and room that would have to grow. */
    @ParameterizedTest
    @CsvSource({"0, 3", "0, 40000", "1, 40000", "1, 20000"})
    void whereMemoryCannotBeHadNothingIsKept(int buffers, int size) {
        ScarceAllocator scarce = new ScarceAllocator(buffers);
        BodyCollector poor = new BodyCollector(scarce, -1, 1 << 20, account, 1 << 20);
        if (buffers > 0) {
            poor.add(Unpooled.copiedBuffer("ab", US_ASCII));
        }
        ByteBuf piece = Unpooled.buffer(size).writeZero(size);
        assertThatThrownBy(() -> poor.add(piece)).isNotNull();
        assertThat(piece.refCnt()).isZero();
        poor.release();
        assertThat(together).isZero();
        assertThat(scarce.usedBytes()).isZero();
    }

    @Test
    void smallPiecesAreCopiedSoThatReadBuffersAreFree() {
        ByteBuf first = Unpooled.copiedBuffer("abc", US_ASCII);
        assertThat(collector.add(first)).isEqualTo(BodyCollector.Taken.YES);
        assertThat(first.refCnt()).isZero();
        collector.add(Unpooled.copiedBuffer("defgh", US_ASCII));
        ByteBuf whole = collector.take();
        assertThat(whole.toString(US_ASCII)).isEqualTo("abcdefgh");
        collector.release();
        assertThat(whole.release()).isTrue();
    }

    @Test
    void oneByteTooManyIsRefusedAndStillReleased() {
        ByteBuf tooMany = Unpooled.copiedBuffer("123456789", US_ASCII);
        assertThat(collector.add(tooMany)).isEqualTo(BodyCollector.Taken.TOO_LARGE);
        assertThat(tooMany.refCnt()).isZero();
    }

    @Test
    void aLengthAnnouncedIsNotBelievedBeforeBytesCome() {
        BodyCollector boasted = collector(32L << 20, 32L << 20);
        assertThat(boasted.whole().capacity()).isLessThanOrEqualTo(64 << 10);
        boasted.release();
    }

    /** Gives so many buffers, none of which can grow. */
    private static final class ScarceAllocator extends AbstractByteBufAllocator {

        private final UnpooledByteBufAllocator plenty = new UnpooledByteBufAllocator(false);
        private int left;

        ScarceAllocator(int left) {
            this.left = left;
        }

        long usedBytes() {
            return plenty.metric().usedHeapMemory();
        }

        @Override
        public CompositeByteBuf compositeBuffer(int maxComponents) {
            spend();
            return plenty.compositeBuffer(maxComponents);
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            spend();
            return plenty.heapBuffer(initialCapacity, initialCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            throw new UnsupportedOperationException("heap only");
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }

        private void spend() {
            if (left-- == 0) {
                throw new OutOfMemoryError("none left, as told");
            }
        }
    }
}
