package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigReader;
import dev.sluice.config.SluiceConfig;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientTermsTest {

    private static final SluiceConfig CONFIG = ConfigReader.read("""
            clients:
              firstToken: {python: 580s}
              refusalStatus: {opencode: 503}
              keepAlive: {codex: 15s}
              blanks: {other: 20s}
            """).config();

    private static ClientTerms terms(String... fields) {
        HttpHeaders headers = new DefaultHttpHeaders();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        return ClientTerms.of(headers, CONFIG);
    }

    @Test
    void aFamilyHasItsOwnTermsAndTheRestTheUsualOnes() {
        ClientTerms python = terms("X-Stainless-Lang", "python");
        assertThat(python.firstTokenNanos()).isEqualTo(Duration.ofSeconds(580).toNanos());
        assertThat(python.patience()).isEqualTo(2);
        assertThat(python.refusalStatus()).isEqualTo(429);
        assertThat(python.keepAlive()).isNull();
        assertThat(terms("User-Agent", "opencode/1.18.33").refusalStatus()).isEqualTo(503);
        assertThat(terms("User-Agent", "codex_exec/0.169.0").keepAlive()).isEqualTo(Duration.ofSeconds(15));
        assertThat(terms().patience()).isEqualTo(1);
        assertThat(terms().blanks()).isEqualTo(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
                    # told,    seconds
                    60,        58
                    60.0,      58
                    600,       580
                    1200,      580
                    none,      580
                    0,         580
                    -5,        580
                    NaN,       580
                    Infinity,  580
                    soon,      580
                    1e9,       580
                    """)
    void aShorterTimeOutThatTheClientTellsCounts(String told, double seconds) {
        ClientTerms terms = told == null
                ? terms("X-Stainless-Lang", "python")
                : terms("X-Stainless-Lang", "python", "X-Stainless-Read-Timeout", told);
        assertThat(terms.firstTokenNanos() / 1e9).isEqualTo(seconds);
        assertThat(terms.patience()).isEqualTo(seconds / 290);
    }
}
