package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class GeneratorTest {

    private static final Tool.Choice AUTO = new Tool.Choice(Tool.Choice.Mode.AUTO, null);
    private static final Tool.Choice NONE = new Tool.Choice(Tool.Choice.Mode.NONE, null);
    private static final int ROOM = 4096;

    private final Generator generator = new Generator(1);

    @Test
    void endsByItselfWithinItsBounds() {
        for (int hash = 0; hash < 200; hash++) {
            Answer answer = generator.answer(hash, wish(0, false, NONE), ROOM, true);
            assertThat(answer.tokens()).isBetween(64, 256);
            assertThat(answer.stop()).isEqualTo(Answer.Stop.STOP);
            assertThat(answer.piece(answer.tokens() - 1).kind()).isEqualTo(Answer.Piece.Kind.END);
        }
    }

    @Test
    void ignoringItsEndGivesExactlyWhatIsAllowed() {
        for (int hash = 0; hash < 50; hash++) {
            assertThat(generator.answer(hash, wish(0, true, AUTO), 300, true).tokens())
                    .isEqualTo(300);
        }
        Answer cut = generator.answer(1, wish(0, true, NONE), 3, true);
        assertThat(cut.tokens()).isEqualTo(3);
        assertThat(cut.stop()).isEqualTo(Answer.Stop.LENGTH);
    }

    @Test
    void doesNotEndBeforeItsLeastTokens() {
        assertThat(generator.answer(1, wish(500, false, NONE), ROOM, true).tokens())
                .isEqualTo(500);
        assertThat(generator.answer(1, wish(500, false, NONE), 500, true).tokens())
                .isEqualTo(500);
        assertThat(generator.answer(1, wish(500, false, NONE), 400, true).tokens())
                .isEqualTo(400);
    }

    @Test
    void callsAToolAsTheChoiceSays() throws Exception {
        Tool.Choice second = new Tool.Choice(Tool.Choice.Mode.REQUIRED, "write");
        int called = 0;
        for (int hash = 0; hash < 200; hash++) {
            assertThat(generator.answer(hash, wish(0, false, NONE), ROOM, true).call())
                    .isNull();
            called += generator.answer(hash, wish(0, false, AUTO), ROOM, true).call() == null ? 0 : 1;

            Answer answer = generator.answer(hash, wish(0, false, second), ROOM, true);
            assertThat(answer.stop()).isEqualTo(Answer.Stop.TOOL_CALLS);
            assertThat(answer.call()).extracting(Answer.Call::name).isEqualTo("write");
        }
        assertThat(called).isBetween(60, 140);
    }

    @Test
    void argumentsFollowTheSchema() throws Exception {
        Tool.Choice required = new Tool.Choice(Tool.Choice.Mode.REQUIRED, "write");
        Answer answer = generator.answer(5, wish(0, false, required), ROOM, true);
        StringBuilder streamed = new StringBuilder();
        for (int i = 0; i < answer.tokens(); i++) {
            Answer.Piece piece = answer.piece(i);
            streamed.append(piece.kind() == Answer.Piece.Kind.ARGUMENTS ? piece.text() : "");
        }
        JsonNode arguments = Json.MAPPER.readTree(streamed.toString());

        assertThat(arguments.path("path").isTextual()).isTrue();
        assertThat(arguments.path("mode").asText()).isIn("add", "replace");
        assertThat(arguments.path("line").isInt()).isTrue();
        assertThat(arguments.path("force").isBoolean()).isTrue();
        assertThat(arguments.path("lines").isArray()).isTrue();
        assertThat(arguments.path("where").path("row").isInt()).isTrue();
        assertThat(arguments.has("optional")).isFalse();
    }

    @Test
    void sameSeedAndPromptSameAnswer() {
        Wish wish = wish(0, false, AUTO);
        assertThat(new Generator(1).answer(9, wish, ROOM, true)).isEqualTo(generator.answer(9, wish, ROOM, true));
        assertThat(new Generator(2).answer(9, wish, ROOM, true)).isNotEqualTo(generator.answer(9, wish, ROOM, true));
    }

    private static Wish wish(int minTokens, boolean ignoreEos, Tool.Choice choice) {
        try {
            JsonNode schema = Json.MAPPER.readTree("""
                    {"required":["path","mode","line","force","lines","where"],"properties":{
                      "path":{"type":"string"},"mode":{"enum":["add","replace"]},"line":{"type":"integer"},
                      "force":{"type":"boolean"},"lines":{"type":"array"},"optional":{"type":"string"},
                      "where":{"type":"object","required":["row"],"properties":{"row":{"type":"integer"}}}}}
                    """);
            List<Tool> tools = List.of(new Tool("read", "", Json.object()), new Tool("write", "", schema));
            return new Wish(OptionalInt.empty(), minTokens, ignoreEos, tools, choice);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
