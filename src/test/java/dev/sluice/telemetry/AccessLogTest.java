package dev.sluice.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Ending;
import dev.sluice.admission.Finish;
import dev.sluice.admission.Usage;
import dev.sluice.api.Route;
import dev.sluice.proxy.ExchangeRecord;
import org.junit.jupiter.api.Test;

final class AccessLogTest {

    @Test
    void aGovernedExchangeIsOneLineWithFixedKeys() {
        ExchangeRecord exchange = new ExchangeRecord(
                "POST",
                "/v1/chat/completions",
                Route.CHAT_COMPLETIONS,
                200,
                Ending.COMPLETED,
                "a1b2",
                1000,
                2000,
                1_500_000,
                2_000_000,
                3_999_999,
                new Usage(300, 256, 20, Finish.TOOL_CALL),
                "default",
                100_000,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        assertThat(AccessLog.line(exchange))
                .isEqualTo("Exchange ended method=POST path=/v1/chat/completions route=chat_completions status=200"
                        + " ending=completed agent=a1b2 tenant=default request_bytes=1000 response_bytes=2000 wait_ms=1"
                        + " first_byte_ms=2 total_ms=3 prompt_tokens=300 cached_tokens=256 completion_tokens=20"
                        + " finish=tool_call trace=0af7651916cd43dd8448eb211c80319c");
    }

    @Test
    void whatIsNotKnownIsADash() {
        assertThat(AccessLog.line(passThrough("/health")))
                .isEqualTo(
                        "Exchange ended method=GET path=/health route=pass_through status=- ending=- agent=- tenant=-"
                                + " request_bytes=0 response_bytes=0 wait_ms=0 first_byte_ms=- total_ms=0 prompt_tokens=-"
                                + " cached_tokens=- completion_tokens=- finish=unknown trace=-");
    }

    @Test
    void aPathCannotForgeKeysOrLines() {
        assertThat(AccessLog.line(passThrough("/x status=200\r\n\"\u001b[2J\u2028\\")))
                .contains(" path=\"/x status=200\\u000d\\u000a\\\"\\u001b[2J\\u2028\\\\\" route=");
        assertThat(AccessLog.line(passThrough("/a=b"))).contains(" path=\"/a=b\" ");
        assertThat(AccessLog.line(passThrough("/{}"))).contains(" path=/{} ");
    }

    @Test
    void whatIsNoTraceContextIsNotWritten() {
        for (String sent : new String[] {"secret", "00-" + "x".repeat(32) + "-b7ad6b7169203331-01"}) {
            ExchangeRecord exchange =
                    new ExchangeRecord("GET", "/", null, 0, null, "", 0, 0, 0, -1, 0, Usage.NONE, "", -1, sent);
            assertThat(AccessLog.line(exchange)).endsWith(" trace=-");
        }
    }

    @Test
    void aLongPathIsCut() {
        assertThat(LogValue.of("/" + "x".repeat(10_000))).hasSize(259).endsWith("x…\"");
    }

    private static ExchangeRecord passThrough(String path) {
        return new ExchangeRecord("GET", path, null, 0, null, "", 0, 0, 0, -1, 0, Usage.NONE, "", -1, "");
    }
}
