package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProblemTest {

    /** Found by fuzzing: 0x9B begins an escape sequence on terminals that know the controls above 0x7F. */
    @Test
    void noControlReachesATerminal() {
        for (char each = 0; each < 0x300; each++) {
            String line = new Problem("key" + each, "value" + each, "another").toString();
            assertThat(line.chars().noneMatch(Character::isISOControl))
                    .as("%04x", (int) each)
                    .isTrue();
        }
    }

    @Test
    void credentialsAreNotTold() {
        assertThat(new Problem("upstream.url", "http://user:secret@host", "a URL").toString())
                .isEqualTo("upstream.url: http://***@host (expected: a URL)");
    }
}
