package dev.sluice.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

final class HeadTextTest {

    @Test
    void aCharacterBeyondAnOctetEndsNoLine() {
        ByteBuf head = HeadText.begin()
                .add("a\u00e9\u010d\u010ab")
                .add('\u4e0a')
                .end(HopByHop.emptyFields(), UnpooledByteBufAllocator.DEFAULT);
        assertThat(head.toString(ISO_8859_1)).isEqualTo("a\u00e9??b?\r\n\r\n");
        head.release();
    }
}
