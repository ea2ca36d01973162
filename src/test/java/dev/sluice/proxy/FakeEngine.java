package dev.sluice.proxy;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;

/** An engine whose every word the test says. It accepts a connection when asked to. */
final class FakeEngine implements Closeable {

    private final Closeable listener;
    private final String url;

    private FakeEngine(Closeable listener, String url) {
        this.listener = listener;
        this.url = url;
    }

    static FakeEngine overTcp() {
        return overTcp(0);
    }

    static FakeEngine overTcp(int port) {
        try {
            ServerSocket socket = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
            socket.setSoTimeout(20_000);
            return new FakeEngine(socket, "http://127.0.0.1:" + socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FakeEngine overUnixSocket(Path path) {
        try {
            ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            socket.bind(UnixDomainSocketAddress.of(path));
            return new FakeEngine(socket, "unix:" + path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return ((ServerSocket) listener).getLocalPort();
    }

    String url() {
        return url;
    }

    /** The next connection that the proxy opens. */
    Wire accept() {
        try {
            return listener instanceof ServerSocket tcp
                    ? Wire.over(tcp.accept())
                    : Wire.over(((ServerSocketChannel) listener).accept());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
