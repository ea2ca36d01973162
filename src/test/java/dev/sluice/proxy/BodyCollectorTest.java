package dev.sluice.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BodyCollectorTest {

    private final BodyCollector collector = new BodyCollector(UnpooledByteBufAllocator.DEFAULT, 5, 8);

    @AfterEach
    void release() {
        collector.release();
    }

    @Test
    void bytesAreCopiedSoThatReadBuffersAreFree() {
        ByteBuf first = Unpooled.copiedBuffer("abc", US_ASCII);
        assertThat(collector.add(first)).isTrue();
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
        assertThat(collector.add(tooMany)).isFalse();
        assertThat(tooMany.refCnt()).isZero();
    }

    @Test
    void aLengthAnnouncedIsNotBelievedBeforeBytesCome() {
        BodyCollector boasted = new BodyCollector(UnpooledByteBufAllocator.DEFAULT, 32L << 20, 32L << 20);
        assertThat(boasted.whole().capacity()).isLessThanOrEqualTo(64 << 10);
        boasted.release();
    }
}
