package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FieldRemovalTest {

    private static final RequestReader READER = new RequestReader(Set.of("mine", "metadata.mine"));
    private static final Set<String> REMOVED = Set.of("mine", "ours");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
                    {"model":"m","mine":"x"} | {"model":"m"}
                    {"mine":"x","model":"m"} | {"model":"m"}
                    ' { "mine" : "x" , "ours" : 3.5e2 , "model" : "m" } ' | ' { "model" : "m" } '
                    {"a":1,"mine":{"mine":[1,{"b":"}"}]},"b":2} | {"a":1,"b":2}
                    {"a":1, "mine":true, "ours":null, "b":-2 , "mine":12} | {"a":1, "b":-2}
                    {"mine":"x"} | {"mine":"x"}
                    {"metadata":{"mine":"x"},"a":"mine"} | {"metadata":{"mine":"x"},"a":"mine"}
                    {"ours":"a\\"b","messages":[{"role":"user","content":"é€😀"}],"mine":"😀"} | {"messages":[{"role":"user","content":"é€😀"}]}
                    {} | {}
                    """)
    void takesOutNothingElse(String body, String left) throws BadRequestException {
        assertThat(edited(body)).isEqualTo(left);
        String large = "\"text\":\"" + "é€😀".repeat(3_000) + "\"";
        assertThat(edited("{" + large + ",\"mine\":\"" + "x".repeat(20_000) + "\"," + large + "}"))
                .isEqualTo("{" + large + "," + large + "}");
    }

    @Test
    void whatIsTakenOutStillNamesTheAgent() throws BadRequestException {
        RequestFacts facts = READER.read(Route.CHAT_COMPLETIONS, bytes("{\"mine\":\"x\",\"model\":\"m\"}"), REMOVED);
        assertThat(facts.identity()).containsEntry("mine", "x");
    }

    @Test
    void aBodyInAnotherEncodingStaysAsItIs() throws BadRequestException {
        ByteBuf wide = Unpooled.copiedBuffer("{\"model\":\"m\",\"mine\":\"x\"}", StandardCharsets.UTF_16BE);
        assertThat(READER.read(Route.CHAT_COMPLETIONS, wide, REMOVED).removals())
                .isEmpty();
    }

    private static String edited(String body) throws BadRequestException {
        StringBuilder edited = new StringBuilder();
        byte[] whole = body.getBytes(StandardCharsets.UTF_8);
        int from = 0;
        for (BodyEdit edit :
                READER.read(Route.CHAT_COMPLETIONS, bytes(body), REMOVED).removals()) {
            edited.append(new String(whole, from, edit.offset() - from, StandardCharsets.UTF_8));
            from = edit.offset() + edit.deleted();
        }
        return edited.append(new String(whole, from, whole.length - from, StandardCharsets.UTF_8))
                .toString();
    }

    private static ByteBuf bytes(String body) {
        return Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
    }
}
