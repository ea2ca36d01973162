package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ScriptTest {

    private static final String TOOLS =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\",\"parameters\":{}}}]";

    private final Script script = Script.parse("""
            [{"when": "ROOT", "answers": [{"text": "Look", "call": {"tool": "look", "arguments": {"at": "CHILD"}}},
                                          {"text": "One\\nTwo"}]},
             {"when": "CHILD", "answers": [{"text": "Done"}]}]""");

    private final Plan.Maker plans = new Plan.Maker("m", 1 << 20, new Generator(3), script);

    @Test
    void givesTheLinesInTheirOrderAndTheLastForEver() throws Exception {
        String asked = "{\"role\":\"user\",\"content\":\"ROOT: go\"}";
        String answered =
                asked + ",{\"role\":\"assistant\",\"content\":\"Look\"},{\"role\":\"user\",\"content\":\"seen\"}";

        Answer first = answer(asked);
        assertThat(first.call()).isNotNull().extracting(Answer.Call::name).isEqualTo("look");
        assertThat(first.stop()).isEqualTo(Answer.Stop.TOOL_CALLS);
        assertThat(answer(answered).text()).isEqualTo("One \nTwo");
        assertThat(answer(answered + ',' + answered).text()).isEqualTo("One \nTwo");
    }

    @Test
    void leadsNobodyWithoutItsWordsOrTools() throws Exception {
        String child = "{\"role\":\"user\",\"content\":\"CHILD\"}";
        assertThat(answer(child).text()).isEqualTo("Done");
        assertThat(answer("{\"role\":\"user\",\"content\":\"else\"}").tokens()).isGreaterThan(60);
        Answer aside = plan("{\"messages\":[{\"role\":\"user\",\"content\":\"title of ROOT\"}]}");
        assertThat(aside.call()).isNull();
        assertThat(aside.text()).doesNotStartWith("Look");
    }

    @Test
    void saysWhatIsWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Script.parse("{}"))
                .withMessageContaining("script");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Script.parse("[{\"answers\":[]}]"))
                .withMessageContaining("when");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Script.parse("[{\"when\":\"A\",\"answers\":[{\"call\":{}}]}]"))
                .withMessageContaining("call");
    }

    private Answer answer(String messages) throws BadRequest {
        return plan("{\"messages\":[" + messages + "]," + TOOLS + "}");
    }

    private Answer plan(String body) throws BadRequest {
        RequestBody parsed = RequestBody.parse(Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        return plans.plan(new ChatApi(), parsed, 1).answer();
    }
}
