package dev.sluice.net;

import dev.sluice.config.TlsConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one side, by the JDK: versions 1.2 and 1.3, HTTP/1.1. An engine's certificate must be for the name in its URL. What is in
 * force when a connection begins counts for it. Thread-safe.
 */
public final class Tls {

    private static final String WITH_CLIENTS = "tls.";
    private static final String ON_ADMIN = "admin.tls.";
    private static final String WITH_ENGINE = "upstream.tls.";
    private static final String TO_ADMIN = "";

    private final String prefix;
    private final TlsConfig config;

    /** Null while it is not needed: to load what the JDK trusts takes long at a start. */
    private volatile @Nullable Loaded loaded;

    /** What the files held, and what was made of it. */
    private record Loaded(Pem pem, SslContext context) {}

    private Tls(String prefix, TlsConfig config, boolean isNeeded) throws IOException {
        this.prefix = prefix;
        this.config = config;
        this.loaded = isNeeded ? load(Pem.read(prefix, config)) : null;
    }

    /**
     * With clients; null if they are to speak in the clear. They must show a certificate if authorities are named.
     *
     * @throws IOException whose message names setting, file and what was expected
     */
    public static @Nullable Tls withClients(TlsConfig config) throws IOException {
        return config.hasCertificate() ? new Tls(WITH_CLIENTS, config, true) : null;
    }

    /**
     * With those who ask the admin port; null as {@link #withClients}.
     *
     * @throws IOException as {@link #withClients}
     */
    public static @Nullable Tls onAdmin(TlsConfig config) throws IOException {
        return config.hasCertificate() ? new Tls(ON_ADMIN, config, true) : null;
    }

    /**
     * With the engine.
     *
     * @param isNeeded whether any address asks for it, as far as is known
     * @throws IOException as {@link #withClients}
     */
    public static Tls withEngine(TlsConfig config, boolean isNeeded) throws IOException {
        return new Tls(WITH_ENGINE, config, isNeeded);
    }

    /**
     * Of a command that asks an admin port, for the JDK's own HTTP client.
     *
     * @throws IOException as {@link #withClients}
     */
    public static SSLContext toAdmin(TlsConfig config) throws IOException {
        SslContext context = new Tls(TO_ADMIN, config, true).context();
        return ((JdkSslContext) context).context();
    }

    /** For connections that begin now. Reads files the first time, unless it was said to be needed. */
    public SslContext context() {
        Loaded now = loaded;
        return now == null ? loadLate() : now.context;
    }

    private synchronized SslContext loadLate() {
        try {
            Loaded now = loaded == null ? load(Pem.read(prefix, config)) : loaded;
            loaded = now;
            return now.context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Puts in force what the files hold now.
     *
     * @return whether that is something else
     * @throws IOException if it cannot be used: what was in force stays
     */
    public synchronized boolean renew() throws IOException {
        Loaded before = loaded;
        Pem now = Pem.read(prefix, config);
        if (before == null || now.equals(before.pem)) {
            return false;
        }
        loaded = load(now);
        return true;
    }

    private Loaded load(Pem pem) throws IOException {
        X509Certificate[] chain = config.hasCertificate() ? pem.chain() : new X509Certificate[0];
        PrivateKey key = chain.length == 0 ? null : pem.keyOf(chain[0]);
        boolean isServer = prefix.equals(WITH_CLIENTS) || prefix.equals(ON_ADMIN);
        SslContextBuilder builder =
                isServer && key != null ? SslContextBuilder.forServer(key, chain) : SslContextBuilder.forClient();
        if (!isServer && key != null) {
            builder.keyManager(key, chain);
        }
        if (!config.authoritiesFile().isEmpty()) {
            builder.trustManager(pem.trusted());
            builder.clientAuth(isServer ? ClientAuth.REQUIRE : ClientAuth.NONE);
        }
        return new Loaded(pem, builder.sslProvider(SslProvider.JDK).build());
    }
}
