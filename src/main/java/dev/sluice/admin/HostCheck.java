package dev.sluice.admin;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Against DNS rebinding: a page in a browser on this machine could reach a loopback port by a name of its own that
 * resolves to 127.0.0.1, but its requests then carry that name. Immutable.
 */
final class HostCheck {

    private static final Pattern HOST = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:\\[\\]]+))(?::\\d*)?");

    private final boolean isLoopback;

    // Beyond loopback every host is accepted: who may reach the port is the network's affair.
    HostCheck(InetAddress bound) {
        this.isLoopback = bound.isLoopbackAddress();
    }

    boolean accepts(String host) {
        return !isLoopback || isLoopbackHost(host);
    }

    private static boolean isLoopbackHost(String host) {
        Matcher matcher = HOST.matcher(host);
        if (!matcher.matches()) {
            return false;
        }
        String name = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(name);
        return literal != null
                ? literal.isLoopbackAddress()
                : name.toLowerCase(Locale.ROOT).equals("localhost");
    }
}
