package dev.sluice.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One end of a connection, spoken byte by byte: the test sees and says exactly what is on the wire. */
final class Wire implements Closeable {

    private static final int DEADLINE_MILLIS = (int) TimeUnit.SECONDS.toMillis(20);

    private final Closeable socket;
    private final InputStream in;
    private final OutputStream out;

    private Wire(Closeable socket, InputStream in, OutputStream out) {
        this.socket = socket;
        this.in = in;
        this.out = out;
    }

    /** A message as it came: its head, and its body without (content) and with (raw) its framing. */
    record Message(String head, String content, String raw) {

        String firstLine() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        Optional<String> field(String name) {
            return head.lines()
                    .skip(1)
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }

        boolean has(String name) {
            return field(name).isPresent();
        }
    }

    static Wire over(Socket socket) {
        try {
            socket.setSoTimeout(DEADLINE_MILLIS);
            socket.setTcpNoDelay(true);
            return new Wire(socket, socket.getInputStream(), socket.getOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Wire over(SocketChannel channel) {
        return new Wire(channel, Channels.newInputStream(channel), Channels.newOutputStream(channel));
    }

    static Wire connect(InetSocketAddress address) {
        try {
            return over(new Socket(address.getAddress(), address.getPort()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A head of these lines. */
    static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    Wire send(String text) {
        try {
            out.write(text.getBytes(ISO_8859_1));
            out.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends it again and again until the other side takes no more. */
    void sendUntilClosed(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        try {
            while (true) {
                out.write(bytes);
            }
        } catch (IOException closed) {
            // As expected.
        }
    }

    /** Reads a request, or an answer to something other than HEAD. */
    Message read() {
        return read(false);
    }

    /** Reads an answer to HEAD. */
    Message readHeadOnly() {
        return read(true);
    }

    /** Reads exactly as many characters. */
    String read(int count) {
        try {
            byte[] bytes = in.readNBytes(count);
            return new String(bytes, ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the other side closes, by FIN or RST, before it says anything more. */
    boolean seesClose() {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Whether all that comes ends in a reset. */
    boolean seesReset() {
        try {
            in.readAllBytes();
            return false;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** All that comes until the other side closes cleanly. */
    String readToEnd() {
        try {
            return new String(in.readAllBytes(), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads on, whatever comes, until the other side closes in any way. */
    void readUntilClosed() {
        try {
            in.readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new UncheckedIOException(e);
        } catch (IOException closedByReset) {
            return;
        }
    }

    /** Reads on until that has come, or the other side has closed in any way. */
    void readPast(String last) {
        StringBuilder read = new StringBuilder();
        try {
            int next;
            while (read.indexOf(last) < 0 && (next = in.read()) >= 0) {
                read.append((char) next);
            }
        } catch (SocketTimeoutException e) {
            throw new UncheckedIOException(e);
        } catch (IOException closedByReset) {
            return;
        }
    }

    void shutdownOutput() {
        try {
            ((Socket) socket).shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes by RST. */
    void reset() {
        try {
            ((Socket) socket).setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Message read(boolean headOnly) {
        try {
            String head = readUntil("\r\n\r\n");
            Message message = new Message(head, "", "");
            if (headOnly || head.startsWith("HTTP/1.1 1") || head.startsWith("HTTP/1.1 204")) {
                return message;
            }
            if (message.field("Transfer-Encoding").isPresent()) {
                return readChunked(head);
            }
            String body = read(Integer.parseInt(message.field("Content-Length").orElse("0")));
            return new Message(head, body, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Message readChunked(String head) throws IOException {
        StringBuilder content = new StringBuilder();
        StringBuilder raw = new StringBuilder();
        while (true) {
            String line = readUntil("\r\n");
            raw.append(line);
            int size = Integer.parseInt(line.strip(), 16);
            if (size == 0) {
                break;
            }
            String chunk = read(size);
            content.append(chunk);
            raw.append(chunk).append(readUntil("\r\n"));
        }
        String line;
        do {
            line = readUntil("\r\n");
            raw.append(line);
        } while (!line.equals("\r\n"));
        return new Message(head, content.toString(), raw.toString());
    }

    private String readUntil(String end) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(ISO_8859_1).endsWith(end)) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("closed after: " + bytes.toString(ISO_8859_1));
            }
            bytes.write(next);
        }
        return bytes.toString(ISO_8859_1);
    }
}
