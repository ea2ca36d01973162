package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Six hundred POSTs to an engine that closes its connections after 20 ms of rest: none is lost, none is answered twice. */
@Timeout(120)
final class ReuseRaceTest {

    private static final int REQUESTS = 600;
    private static final int REST_MILLIS = 20;

    @Test
    void noneIsLostAndNoneTwice() throws Exception {
        Map<String, Integer> seen = new ConcurrentHashMap<>();
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RunningProxy proxy = RunningProxy.before("http://127.0.0.1:" + listener.getLocalPort())) {
            Thread engine = new Thread(() -> serve(listener, seen));
            engine.setDaemon(true);
            engine.start();
            Wire client = proxy.client();
            int lost = 0;
            for (int i = 0; i < REQUESTS; i++) {
                String body = "{\"user\":\"r" + i + "\"}";
                int status = client.send(GovernedTest.post("/v1/chat/completions", "", body))
                        .read()
                        .status();
                lost += status == 200 ? 0 : 1;
                // About as long as the engine waits, so that its close and our next request would meet.
                int micros = i == 0 ? 40_000 : ThreadLocalRandom.current().nextInt(19_000, 21_000);
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
            }
            assertThat(lost).isZero();
            assertThat(seen).hasSize(REQUESTS);
            assertThat(seen.values()).allMatch(times -> times == 1);
        }
    }

    private static void serve(ServerSocket listener, Map<String, Integer> seen) {
        while (true) {
            try (Socket socket = listener.accept()) {
                Wire wire = Wire.over(socket);
                while (true) {
                    seen.merge(wire.read().content(), 1, Integer::sum);
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
                    // Not before: a connection that was never used does not rest, however busy the machine.
                    socket.setSoTimeout(REST_MILLIS);
                }
            } catch (UncheckedIOException rested) {
                continue;
            } catch (IOException closed) {
                return;
            }
        }
    }
}
