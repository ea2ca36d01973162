package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The watch on lost buffers sees one. */
@Timeout(60)
final class LeakCheckTest {

    @Test
    void aBufferThatIsLostIsSeen() {
        ByteBufAllocator.DEFAULT.buffer(16);
        List<String> lost = new ArrayList<>();
        while (lost.isEmpty()) {
            lost.addAll(LeakCheck.lost());
        }
        assertThat(lost).singleElement().asString().startsWith("ByteBuf");
    }
}
