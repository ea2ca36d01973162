package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where clients come in, and that what belongs to the admin port is not behind it. */
@Timeout(60)
final class DoorsTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    private static final String STEP = GovernedTest.post("/v1/chat/completions", "", "{}");

    @TempDir
    Path folder;

    private final FakeEngine engine = FakeEngine.overTcp();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void clientsMayComeByAUnixSocket() throws IOException {
        Path socket = folder.resolve("sluice.sock");
        try (RunningProxy proxy = RunningProxy.listeningOn("unix:" + socket, engine)) {
            assertThat(proxy.server().listening()).isEqualTo("unix:" + socket);
            try (Wire client = connect(socket)) {
                client.send(STEP);
                Wire upstream = engine.accept();
                upstream.read();
                upstream.send(OK);
                assertThat(client.read().status()).isEqualTo(200);
            }
            assertThatThrownBy(() -> RunningProxy.listeningOn("unix:" + socket, engine))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("listen: unix:" + socket);
        }
        assertThat(Files.exists(socket)).isFalse();
    }

    @Test
    void aSocketThatAKilledProcessLeftBehindIsTakenOver() throws IOException {
        Path socket = folder.resolve("left.sock");
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(Files.exists(socket)).isTrue();
        try (RunningProxy proxy = RunningProxy.listeningOn("unix:" + socket, engine);
                Wire client = connect(socket)) {
            client.send(STEP);
            Wire upstream = engine.accept();
            upstream.read();
            upstream.send(OK);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void whatIsNoSocketIsNotTakenAway() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "precious");
        assertThatThrownBy(() -> RunningProxy.listeningOn("unix:" + file, engine))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(file).hasContent("precious");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /metrics",
                "GET /state",
                "GET /report",
                "GET /agents/a-1",
                "GET /",
                "GET /ready",
                "POST /mode",
                "POST /reload",
                "POST /drain",
                "DELETE /agents/a-1"
            })
    void adminCallsOnTheDataPortAreTheEnginesToAnswer(String call) {
        try (RunningProxy proxy = RunningProxy.listeningOn("127.0.0.1:0", engine)) {
            Wire client = proxy.client().send(call + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            Wire upstream = engine.accept();
            assertThat(upstream.read().firstLine()).isEqualTo(call + " HTTP/1.1");
            upstream.send("HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\nengine");
            assertThat(client.read().content()).isEqualTo("engine");
        }
    }

    private static Wire connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return Wire.over(channel);
    }
}
