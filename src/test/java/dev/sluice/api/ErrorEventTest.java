package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors amid a stream, in the words of each route. */
final class ErrorEventTest {

    private static String text(byte[] event) {
        return new String(event, StandardCharsets.UTF_8);
    }

    private static String engine(Route route, String body) {
        return text(ErrorEvent.of(route, 503, body.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void eachRouteHasItsOwn() {
        assertThat(text(ErrorEvent.of(Route.CHAT_COMPLETIONS, ErrorCode.WAIT_EXPIRED, "too long")))
                .isEqualTo("data: {\"error\":{\"message\":\"too long\",\"type\":\"rate_limit_error\",\"param\":null,"
                        + "\"code\":\"wait_expired\"}}\n\n");
        assertThat(text(ErrorEvent.of(Route.MESSAGES, ErrorCode.ENGINE_DOWN, "down")))
                .isEqualTo(
                        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"down\"}}\n\n");
        assertThat(text(ErrorEvent.of(Route.RESPONSES, ErrorCode.WAIT_EXPIRED, "too long")))
                .startsWith("event: response.failed\ndata: {\"type\":\"response.failed\",")
                .contains("\"status\":\"failed\"")
                .contains("\"error\":{\"code\":\"wait_expired\",\"message\":\"too long\"}")
                .contains("\"error\":{\"message\":\"too long\",\"type\":\"rate_limit_error\"");
    }

    @Test
    void anErrorObjectOfTheEngineIsPassedOnInOneLine() {
        assertThat(engine(Route.CHAT_COMPLETIONS, "{\n \"error\": {\"message\": \"a\\nb\", \"code\": 400}\n}"))
                .isEqualTo("data: {\"error\":{\"message\":\"a\\nb\",\"code\":400}}\n\n");
        assertThat(engine(Route.CHAT_COMPLETIONS, "{\"object\":\"error\",\"message\":\"full\"}"))
                .contains("\"message\":\"full\"", "\"code\":503");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>Bad Gateway</html>", "[]", "{\"error\":", "null", "{\"error\":\"text\"}"})
    void whatIsNoErrorObjectIsToldByItsStatus(String body) {
        assertThat(engine(Route.CHAT_COMPLETIONS, body)).contains("the engine answered with status 503");
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void aStreamThatEndsSoHasToldItsEnd(Route route) {
        AnswerReader reader = AnswerReader.of(route, "text/event-stream", false);
        byte[] event = ErrorEvent.of(route, ErrorCode.ENGINE_DIED, "gone");
        Feed.inPieces(reader, event, event.length);
        assertThat(reader.sawError()).isTrue();
        assertThat(reader.toldItsEnd()).isTrue();
    }
}
