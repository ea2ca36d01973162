package dev.sluice.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine whose every byte the test decides: each request is handed to a script together with the numbers of its
 * connection and of itself on that connection, both from 1. Counts connections and the most requests under way at once.
 */
final class FakeEngine implements AutoCloseable {

    private final ServerSocketChannel server;
    private final Script script;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<SocketChannel> open = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger mostUnderWay = new AtomicInteger();

    /** @param head the request's lines */
    record Request(int connection, int number, List<String> head) {

        String path() {
            return head.get(0).split(" ", -1)[1];
        }
    }

    interface Script {

        /** Writes an answer to {@code out}; returns whether the connection stays open. */
        boolean answer(Request request, OutputStream out) throws IOException, InterruptedException;
    }

    private FakeEngine(SocketAddress address, Script script) throws IOException {
        this.script = script;
        this.server = address instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
        server.bind(address);
        threads.execute(this::accept);
    }

    static FakeEngine onTcp(Script script) throws IOException {
        return new FakeEngine(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), script);
    }

    static FakeEngine onUnixSocket(Path path, Script script) throws IOException {
        return new FakeEngine(UnixDomainSocketAddress.of(path), script);
    }

    /** A whole answer with a length. */
    static void write(OutputStream out, String status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        out.write(("HTTP/1.1 " + status + "\r\nContent-Length: " + bytes.length + "\r\n\r\n").getBytes(ISO_8859_1));
        out.write(bytes);
        out.flush();
    }

    String url() throws IOException {
        return "http://127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    int connections() {
        return connections.get();
    }

    int mostUnderWay() {
        return mostUnderWay.get();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel client : open) {
            client.close();
        }
        threads.shutdownNow();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                open.add(client);
                int connection = connections.incrementAndGet();
                threads.execute(() -> serve(client, connection));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(SocketChannel client, int connection) {
        try (client) {
            BufferedReader in = new BufferedReader(new InputStreamReader(Channels.newInputStream(client), ISO_8859_1));
            OutputStream out = Channels.newOutputStream(client);
            boolean stays = true;
            for (int number = 1; stays; number++) {
                List<String> head = new ArrayList<>();
                for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                    head.add(line);
                }
                if (head.isEmpty()) {
                    return;
                }
                mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                stays = script.answer(new Request(connection, number, head), out);
                underWay.decrementAndGet();
            }
        } catch (IOException gone) {
            // The watch hung up, or the test is over.
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }
}
