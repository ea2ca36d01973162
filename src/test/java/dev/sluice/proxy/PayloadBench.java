package dev.sluice.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends whatever bytes at a running proxy and compares how they were taken with what {@link StrictHttp} makes of them. The
 * engine behind is as strict: whatever reaches it must be a valid request, whole or cut off.
 */
final class PayloadBench implements Closeable {

    private static final byte[] OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ConcurrentLinkedQueue<String> engineSaw = new ConcurrentLinkedQueue<>();
    private final AtomicInteger arrived = new AtomicInteger();
    private final ServerSocket engine;
    private final RunningProxy proxy;
    private int answered;

    PayloadBench() {
        try {
            engine = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::serve);
        proxy = RunningProxy.before("http://127.0.0.1:" + engine.getLocalPort());
    }

    /** How a payload was taken, next to how it had to be. */
    enum Verdict {
        /** Each valid request reached the engine, and anything invalid was answered with an error and disconnected. */
        RIGHT,
        /** The same, but the connection was closed without an answer. */
        DROPPED,
        /** A valid request was refused. */
        VALID_REFUSED,
        /** Something invalid was taken. */
        INVALID_TAKEN
    }

    /**
     * @param statuses of the answers, in order
     */
    record Outcome(Verdict verdict, StrictHttp.Reading reading, List<Integer> statuses) {}

    /** Sends {@code payload}, a character a byte, on a connection of its own. */
    Outcome send(String payload) {
        StrictHttp.Reading reading = StrictHttp.read(payload);
        int valid = reading.requests().size();
        List<Integer> statuses = new ArrayList<>();
        try (Wire client = proxy.client().send(payload)) {
            boolean mustClose = reading.rest() == StrictHttp.Rest.INVALID
                    || (valid > 0 && reading.requests().get(valid - 1).closes());
            while (mustClose || statuses.size() < valid) {
                int status = client.read().status();
                if (status >= 200) {
                    statuses.add(status);
                }
            }
        } catch (UncheckedIOException closedOrSilent) {
            // What came until then is the outcome.
        }
        int taken = (int) statuses.stream().filter(status -> status == 200).count();
        answered += taken;
        return new Outcome(verdict(reading, valid, taken, statuses.size()), reading, statuses);
    }

    private static Verdict verdict(StrictHttp.Reading reading, int valid, int taken, int answers) {
        if (taken != valid) {
            return taken < valid ? Verdict.VALID_REFUSED : Verdict.INVALID_TAKEN;
        }
        return reading.rest() == StrictHttp.Rest.INVALID && answers == taken ? Verdict.DROPPED : Verdict.RIGHT;
    }

    @Override
    public void close() {
        try {
            proxy.close();
            engine.close();
            threads.shutdownNow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(engineSaw).as("what reached the engine and should not have").isEmpty();
        assertThat(arrived).as("requests that reached the engine").hasValue(answered);
    }

    private void serve() {
        try {
            while (true) {
                Socket connection = engine.accept();
                threads.execute(() -> serve(connection));
            }
        } catch (SocketException closed) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = connection.getInputStream();
            byte[] buffer = new byte[8 << 10];
            String unread = "";
            int count;
            while ((count = in.read(buffer)) > 0) {
                unread += new String(buffer, 0, count, ISO_8859_1);
                StrictHttp.Reading reading = StrictHttp.read(unread);
                if (reading.rest() == StrictHttp.Rest.INVALID) {
                    engineSaw.add(reading.why() + " in: " + unread);
                    return;
                }
                unread = unread.substring(reading.length());
                for (int i = 0; i < reading.requests().size(); i++) {
                    arrived.incrementAndGet();
                    connection.getOutputStream().write(OK);
                }
            }
        } catch (IOException left) {
            // The proxy has closed; what came until then was looked at.
        }
    }
}
