package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which requests are governed: those that the engine would take for generations, however their path is written. */
final class RouteTest {

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/chat/completions, CHAT_COMPLETIONS",
        "POST, /v1/chat/completions?x=/v1/models, CHAT_COMPLETIONS",
        "POST, /v1/completions, COMPLETIONS",
        "POST, /v1/responses, RESPONSES",
        "POST, /v1/messages?beta=true, MESSAGES",
        "POST, /v1/chat%2Fcompletions, CHAT_COMPLETIONS",
        "POST, /%76%31/messages, MESSAGES",
        "GET, /v1/responses,",
        "POST, /v1/chat/completions/,",
        "POST, /v1/messages/count_tokens,",
        "POST, /v1/models?/v1/messages,",
        "POST, /v1/messages%,",
        "POST, /v1/messages%zz,",
        "POST, /v1/messages%252F,",
    })
    void theRouteIsWhatTheEngineWouldTakeItFor(String method, String target, Route route) {
        assertThat(Route.of(method, target)).isEqualTo(route);
    }
}
