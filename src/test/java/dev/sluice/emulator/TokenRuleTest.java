package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TokenRuleTest {

    private final List<Long> tokens = new ArrayList<>();
    private final TokenRule rule = new TokenRule(tokens::add);

    @Test
    void cutsTextIntoPiecesOfFourBytes() {
        rule.text("abcdefghi");
        assertThat(tokens).hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    void countsBytesNotCharacters() {
        rule.text("ééé");
        assertThat(tokens).hasSize(2);
    }

    @Test
    void aLineFeedBeginsANewPiece() {
        rule.text("ab\ncdef");
        assertThat(tokens).hasSize(3);
    }

    @Test
    void piecesOfOtherLengthsAreOtherTokens() {
        rule.text("\0");
        rule.text("\0\0");
        assertThat(tokens).doesNotHaveDuplicates();
    }

    @Test
    void argumentsCountTheSameHoweverTheyAreWritten() {
        rule.call("run", "{\"b\": 1,\n \"a\": \"é\"}");
        List<Long> loose = List.copyOf(tokens);
        tokens.clear();
        rule.call("run", "{\"a\":\"\\u00e9\",\"b\":1}");

        assertThat(tokens).isEqualTo(loose);
    }

    @Test
    void anImageHasAFixedSize() throws Exception {
        rule.content(json("[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}]"));
        assertThat(tokens).hasSize(TokenRule.OPAQUE_TOKENS);
    }

    @Test
    void refusesContentThatIsNone() {
        assertThatThrownBy(() -> rule.content(json("7"))).isInstanceOf(BadRequest.class);
    }

    private static JsonNode json(String text) throws Exception {
        return Json.MAPPER.readTree(text);
    }
}
