package dev.sluice.config;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address to listen on. Immutable.
 *
 * @param host name or IP address, an IPv6 address without brackets
 * @param port 0..65535; 0 takes a free one
 */
public record HostPort(String host, int port) {

    static final String EXPECTED = "HOST:PORT, an IPv6 address in brackets, port 0..65535";

    private static final Pattern SYNTAX = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+)):(\\d{1,5})");

    /**
     * Parses HOST:PORT.
     *
     * @throws IllegalArgumentException if {@code text} is something else
     */
    public static HostPort parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        int port = matcher.matches() ? Integer.parseInt(matcher.group(3)) : -1;
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("address: " + text + " (expected: " + EXPECTED + ")");
        }
        return new HostPort(matcher.group(1) != null ? matcher.group(1) : matcher.group(2), port);
    }

    /** Looks the name up, which may block; unresolved if there is no such name. */
    public InetSocketAddress resolve() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
