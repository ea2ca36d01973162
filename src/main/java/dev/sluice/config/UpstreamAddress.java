package dev.sluice.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the engine listens, parsed from its URL. A name is kept as written and resolved when a connection is made.
 * Immutable.
 *
 * @param scheme how the engine is spoken to
 * @param host name or IP address, an IPv6 address without brackets; {@code localhost} for a Unix socket
 * @param port 1..65535; 0 for a Unix socket
 * @param socketPath the absolute path of the Unix socket; empty for TCP
 * @param pathPrefix put before the path of each request: empty, or with a leading and without a trailing slash
 */
public record UpstreamAddress(Scheme scheme, String host, int port, String socketPath, String pathPrefix) {

    /** How the engine is spoken to. */
    public enum Scheme {
        HTTP(80),
        HTTPS(443),
        UNIX(0);

        private final int defaultPort;

        Scheme(int defaultPort) {
            this.defaultPort = defaultPort;
        }
    }

    // Not java.net.URI: it finds no host in names with an underscore, which container networks have.
    private static final Pattern TCP = Pattern.compile(
            "(?i:(https?))://(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+))(?::(\\d{1,5}))?(/[!-~&&[^?#]]*)?");

    private static final Pattern UNIX = Pattern.compile("(?i:unix):(?://)?(/[^\\p{Cc}]+)");

    private static final Pattern CREDENTIALS = Pattern.compile("//.*@");

    /**
     * Parses {@code http://HOST[:PORT][/prefix]}, {@code https://HOST[:PORT][/prefix]} or {@code unix:/path}.
     *
     * @throws IllegalArgumentException if {@code url} is none of these; the message repeats it without credentials
     */
    public static UpstreamAddress parse(String url) {
        Matcher unix = UNIX.matcher(url);
        if (unix.matches()) {
            return new UpstreamAddress(Scheme.UNIX, "localhost", 0, unix.group(1), "");
        }
        Matcher tcp = TCP.matcher(url);
        if (!tcp.matches()) {
            throw unusable(url);
        }
        Scheme scheme = Scheme.valueOf(tcp.group(1).toUpperCase(Locale.ROOT));
        String host = tcp.group(2) != null ? tcp.group(2) : tcp.group(3);
        int port = tcp.group(4) != null ? Integer.parseInt(tcp.group(4)) : scheme.defaultPort;
        if (port < 1 || port > 65_535) {
            throw unusable(url);
        }
        String path = tcp.group(5) != null ? tcp.group(5) : "";
        return new UpstreamAddress(scheme, host, port, "", path.replaceFirst("/+$", ""));
    }

    public boolean isTls() {
        return scheme == Scheme.HTTPS;
    }

    public boolean isUnixSocket() {
        return scheme == Scheme.UNIX;
    }

    /** The value of the {@code Host} field: brackets around an IPv6 address, no port where it is the scheme's own. */
    public String authority() {
        String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return port == scheme.defaultPort ? name : name + ":" + port;
    }

    /** The URL again, for people. */
    @Override
    public String toString() {
        return isUnixSocket()
                ? "unix:" + socketPath
                : scheme.name().toLowerCase(Locale.ROOT) + "://" + authority() + pathPrefix;
    }

    private static IllegalArgumentException unusable(String url) {
        return new IllegalArgumentException(
                "upstream: " + CREDENTIALS.matcher(url).replaceFirst("//***@")
                        + " (expected: http://HOST:PORT, https://HOST:PORT or unix:/path)");
    }
}
