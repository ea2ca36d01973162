package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TextHashTest {

    private static final long SEED = 64;

    private static final String LETTERS = "ab\n\"\\é€\uD83D\uDE00";

    @Test
    void charactersAndUtf8AreOneTextHoweverTheyAreCut() {
        Random chance = new Random(SEED);
        for (int round = 0; round < 2_000; round++) {
            String text = text(chance);
            TextHash hash = new TextHash();
            for (int from = 0; from < text.length(); ) {
                int to = from + 1 + chance.nextInt(text.length() - from);
                String piece = text.substring(from, to);
                boolean isWhole =
                        !Character.isSurrogate(piece.charAt(0)) && !Character.isHighSurrogate(text.charAt(to - 1));
                if (isWhole && chance.nextBoolean()) {
                    byte[] bytes = ("xx" + piece + "yyy").getBytes(StandardCharsets.UTF_8);
                    hash.writeUtf8(bytes, 2, bytes.length - 3);
                } else {
                    hash.write(piece, 0, piece.length());
                }
                from = to;
            }
            assertThat(hash.finish()).as("round %d: %s", round, text).isEqualTo(TextHash.of(text));
        }
    }

    @Test
    void textsThatDifferHaveHashesThatDiffer() {
        Random chance = new Random(SEED);
        Set<String> texts = new HashSet<>();
        Set<Long> hashes = new HashSet<>();
        for (int round = 0; round < 20_000; round++) {
            String text = text(chance);
            assertThat(hashes.add(TextHash.of(text))).as(text).isEqualTo(texts.add(text));
        }
    }

    private static String text(Random chance) {
        StringBuilder text = new StringBuilder();
        for (int left = chance.nextInt(60); left > 0; left--) {
            text.appendCodePoint(LETTERS.codePointAt(chance.nextInt(8)));
        }
        return text.toString();
    }
}
