package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ErrorBodyTest {

    private static final Set<String> ANTHROPIC_TYPES = Set.of(
            "rate_limit_error",
            "api_error",
            "timeout_error",
            "invalid_request_error",
            "authentication_error",
            "request_too_large");

    @ParameterizedTest
    @EnumSource
    void eachCodeStandsWithItsStatusInTheTableOfErrors(ErrorCode code) throws IOException {
        String page = Files.readString(Path.of("docs/agents.md"));
        String table = page.substring(page.indexOf("## Errors of Sluice"));
        assertThat(table.lines().filter(line -> line.startsWith("| `")).map(line -> line.split("\\|")))
                .anySatisfy(cells -> {
                    assertThat(cells[1]).contains("`" + code.code() + "`");
                    assertThat(cells[2]).contains(Integer.toString(code.status()));
                });
    }

    @Test
    void openAiRoutesGetTheShapeOfOpenAi() {
        String expected = """
                {"error":{"message":"the queue is full","type":"rate_limit_error","param":null,"code":"queue_full"}}""";
        assertThat(body(Route.CHAT_COMPLETIONS, ErrorCode.QUEUE_FULL, "the queue is full"))
                .isEqualTo(expected);
        assertThat(body(null, ErrorCode.QUEUE_FULL, "the queue is full")).isEqualTo(expected);
    }

    @Test
    void messagesGetTheShapeOfAnthropic() {
        assertThat(body(Route.MESSAGES, ErrorCode.ENGINE_SLOW, "no first byte")).isEqualTo("""
                        {"type":"error","error":{"type":"timeout_error","message":"no first byte"}}""");
    }

    @Test
    void messagesAreEscaped() {
        assertThat(body(Route.MESSAGES, ErrorCode.BAD_REQUEST, "\"\\\n\0é"))
                .contains("\"message\":\"\\\"\\\\\\n\\u0000é\"");
    }

    @ParameterizedTest
    @EnumSource
    void everyCodeHasATypeThatAnthropicKnows(ErrorCode code) {
        assertThat(ANTHROPIC_TYPES).contains(code.type(Route.MESSAGES));
    }

    private static String body(@Nullable Route route, ErrorCode code, String message) {
        return new String(ErrorBody.of(route, code, message), StandardCharsets.UTF_8);
    }
}
