package dev.sluice.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.KnownValues.Purpose;
import io.netty.buffer.Unpooled;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KnownValuesTest {

    private static final int MOST = 64;

    private final KnownValues known = new KnownValues(MOST);

    @ParameterizedTest
    @ValueSource(ints = {64, 65, 127, 128, 129, 300, 5_000})
    void whatDiffersInOneBitIsNotKnown(int length) {
        byte[] body = body(length + 10);
        known.keep(body, 5, length, body.length, Purpose.MESSAGE, "it");

        assertThat(found(body, 5, Purpose.MESSAGE)).isEqualTo("it");
        assertThat(found(body, 5, Purpose.ITEM)).isNull();
        for (int i = 5; i < 5 + length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                body[i] ^= (byte) (1 << bit);
                assertThat(found(body, 5, Purpose.MESSAGE))
                        .as("bit %d of byte %d", bit, i)
                        .isNull();
                body[i] ^= (byte) (1 << bit);
            }
        }
        assertThat(found(body, 5, Purpose.MESSAGE)).isEqualTo("it");
    }

    /** Two bits in words that are taken one after the other, so that the second undoes what the first did where a print is weak. */
    @Test
    void noPairOfBitsUndoesItself() {
        byte[] body = body(256);
        known.keep(body, 0, 256, 256, Purpose.MESSAGE, "it");
        Random chance = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            int one = chance.nextInt(256 * 8);
            int other = chance.nextInt(256 * 8);
            flip(body, one);
            flip(body, other);
            assertThat(found(body, 0, Purpose.MESSAGE) == null).isEqualTo(one != other);
            flip(body, one);
            flip(body, other);
        }
    }

    /** Whatever follows: it is known as soon as what stands within a kilobyte behind it has stood there before. */
    @ParameterizedTest
    @CsvSource({"70, 0, false", "70, 955, true", "1100, 0, true"})
    void aValueIsKnownByItsOwnBytesAndSomeBehindIt(int length, int sameBehind, boolean isKnown) {
        byte[] first = body(3_000);
        byte[] next = first.clone();
        for (int i = length + sameBehind; i < next.length; i++) {
            next[i] ^= 1;
        }
        known.keep(first, 0, length, first.length, Purpose.TOOLS, "it");

        assertThat(found(first, 0, Purpose.TOOLS)).isEqualTo("it");
        assertThat(found(next, 0, Purpose.TOOLS) != null).isEqualTo(isKnown);
    }

    @Test
    void aValueLongerThanWhatIsLeftIsNone() {
        byte[] body = body(200);
        known.keep(body, 0, 150, 200, Purpose.SYSTEM, "it");

        assertThat(known.find(body, 0, 149, Purpose.SYSTEM)).isNull();
    }

    @Test
    void theNextTakesThePlaceOfAnother() {
        int kept = 10 * MOST;
        for (int i = 0; i < kept; i++) {
            keep(i);
        }
        int stillKnown = 0;
        for (int i = 0; i < kept; i++) {
            Object found = found(("{" + i + " ".repeat(100)).getBytes(ISO_8859_1), 0, Purpose.MESSAGE);
            assertThat(found == null || found.equals(i)).isTrue();
            stillKnown += found == null ? 0 : 1;
        }
        assertThat(stillKnown).isBetween(MOST / 2, MOST);
        keep(0);
        assertThat(found(("{" + 0 + " ".repeat(100)).getBytes(ISO_8859_1), 0, Purpose.MESSAGE))
                .isEqualTo(0);
    }

    /** Messages, tools and system prompts of a body, each in one line and not too short. */
    @Test
    void whatWasReadIsKept() throws BadRequestException {
        String text = "x".repeat(60);
        String tools = "[{\"type\":\"function\",\"function\":{\"name\":\"" + text + "\"}}]";
        String message = "{\"role\":\"user\",\"content\":\"" + text + "\"}";
        String lines = "{\"role\":\"user\",\n\"content\":\"" + text + "\"}";
        String brief = "{\"role\":\"user\",\"content\":\"x\"}";
        String system = "\"" + text + text + "\"";
        String body = "{\"messages\":[" + message + "," + lines + "," + brief + "],\"tools\":" + tools + ",\"system\":"
                + system + "," + " ".repeat(70) + "\"stream\":true}";
        new RequestReader(Set.of()).read(Route.MESSAGES, Unpooled.copiedBuffer(body, ISO_8859_1));

        assertThat(isKnown(body, message, Purpose.MESSAGE)).isTrue();
        assertThat(isKnown(body, lines, Purpose.MESSAGE)).isFalse();
        assertThat(isKnown(body, brief, Purpose.MESSAGE)).isFalse();
        assertThat(isKnown(body, tools, Purpose.TOOLS)).isTrue();
        assertThat(isKnown(body, system, Purpose.SYSTEM)).isTrue();
    }

    private static boolean isKnown(String body, String value, Purpose purpose) {
        byte[] bytes = body.getBytes(ISO_8859_1);
        KnownValues.Known found = KnownValues.ofThread().find(bytes, body.indexOf(value), bytes.length, purpose);
        return found != null && found.length() == value.length();
    }

    private void keep(int number) {
        byte[] body = ("{" + number + " ".repeat(100)).getBytes(ISO_8859_1);
        known.keep(body, 0, 90, body.length, Purpose.MESSAGE, number);
    }

    private Object found(byte[] body, int at, Purpose purpose) {
        KnownValues.Known found = known.find(body, at, body.length, purpose);
        return found == null ? null : found.value();
    }

    private static void flip(byte[] body, int bit) {
        body[bit / 8] ^= (byte) (1 << bit % 8);
    }

    private static byte[] body(int length) {
        byte[] body = new byte[length];
        new Random(length).nextBytes(body);
        return body;
    }
}
