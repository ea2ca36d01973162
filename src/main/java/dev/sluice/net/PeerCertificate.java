package dev.sluice.net;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What the certificate that a client has shown says of it. To be asked on the channel's event loop, after the handshake. */
public final class PeerCertificate {

    private static final String KNOWN = "sluice.commonName";

    private PeerCertificate() {}

    /** The common name of its subject, the most specific if there are several; empty if there is none, or no certificate. */
    public static String commonName(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return "";
        }
        SSLSession session = tls.engine().getSession();
        if (session.getValue(KNOWN) instanceof String known) {
            return known;
        }
        String name = commonName(session);
        session.putValue(KNOWN, name);
        return name;
    }

    private static String commonName(SSLSession session) {
        try {
            Certificate own = session.getPeerCertificates()[0];
            return own instanceof X509Certificate x509
                    ? commonName(x509.getSubjectX500Principal().getName())
                    : "";
        } catch (SSLPeerUnverifiedException none) {
            return "";
        }
    }

    /** @param subject as in RFC 2253 */
    static String commonName(String subject) {
        try {
            List<Rdn> parts = new LdapName(subject).getRdns();
            for (int i = parts.size() - 1; i >= 0; i--) {
                String name = commonName(parts.get(i));
                if (name != null) {
                    return name;
                }
            }
            return "";
        } catch (NamingException e) {
            return "";
        }
    }

    private static @Nullable String commonName(Rdn part) throws NamingException {
        Attribute named = part.toAttributes().get("CN");
        return named != null && named.get() instanceof String name ? name : null;
    }
}
