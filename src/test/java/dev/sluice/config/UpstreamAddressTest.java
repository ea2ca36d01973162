package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UpstreamAddressTest {

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8000,        HTTP,  127.0.0.1, 8000, '',      127.0.0.1:8000",
        "HTTP://engine/,               HTTP,  engine,    80,   '',      engine",
        "http://vllm_0:8000/a/b/,      HTTP,  vllm_0,    8000, '/a/b',  vllm_0:8000",
        "https://gpu.example,          HTTPS, gpu.example, 443, '',     gpu.example",
        "https://gpu.example:8443/v,   HTTPS, gpu.example, 8443, '/v',  gpu.example:8443",
        "http://[::1]:8000,            HTTP,  ::1,       8000, '',      [::1]:8000",
    })
    void readsTcp(String url, UpstreamAddress.Scheme scheme, String host, int port, String prefix, String authority) {
        UpstreamAddress address = UpstreamAddress.parse(url);

        assertThat(address).isEqualTo(new UpstreamAddress(scheme, host, port, "", prefix));
        assertThat(address.authority()).isEqualTo(authority);
        assertThat(address.isTls()).isEqualTo(scheme == UpstreamAddress.Scheme.HTTPS);
        assertThat(UpstreamAddress.parse(address.toString())).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix:/run/vllm.sock", "unix:///run/vllm.sock"})
    void readsUnixSockets(String url) {
        UpstreamAddress address = UpstreamAddress.parse(url);

        assertThat(address.isUnixSocket()).isTrue();
        assertThat(address.socketPath()).isEqualTo("/run/vllm.sock");
        assertThat(address.authority()).isEqualTo("localhost");
        assertThat(address).hasToString("unix:/run/vllm.sock");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "foo",
                "127.0.0.1:8000",
                "ftp://a:1",
                "http://",
                "http://:8000",
                "http://a:0",
                "http://a:65536",
                "http://a:b",
                "http://a:1?x=1",
                "http://a:1/#x",
                "http://a:1/b c",
                "http://a\r\nb:1",
                "unix:",
                "unix:run/vllm.sock",
                "unix:/",
            })
    void refusesEverythingElse(String url) {
        assertThatThrownBy(() -> UpstreamAddress.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("upstream: " + url + " (expected: http://HOST:PORT, https://HOST:PORT or unix:/path)");
    }

    @Test
    void keepsCredentialsOutOfTheMessage() {
        assertThatThrownBy(() -> UpstreamAddress.parse("http://me:secret@engine:8000"))
                .hasMessageNotContaining("secret")
                .hasMessageStartingWith("upstream: http://***@engine:8000 ");
    }
}
