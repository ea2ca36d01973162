package dev.sluice.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate that has signed itself, made by the JDK's own tool, for {@code localhost} and 127.0.0.1. */
public final class TestCertificate {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private static final AtomicInteger MADE = new AtomicInteger();

    private final KeyStore store;

    private TestCertificate(KeyStore store) {
        this.store = store;
    }

    /** @param algorithm RSA, EC or Ed25519 */
    public static TestCertificate make(Path folder, String algorithm) {
        return make(folder, algorithm, "made" + MADE.incrementAndGet());
    }

    /** @param name the common name of its subject */
    public static TestCertificate make(Path folder, String algorithm, String name) {
        try {
            Path file = Files.createTempFile(folder, "made", ".p12");
            Files.delete(file);
            ProcessBuilder tool = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-J-XX:TieredStopAtLevel=1",
                    "-genkeypair",
                    "-keyalg",
                    algorithm,
                    "-alias",
                    "it",
                    "-dname",
                    "CN=" + name,
                    "-ext",
                    "san=dns:localhost,ip:127.0.0.1",
                    "-validity",
                    "30",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    new String(PASSWORD),
                    "-keystore",
                    file.toString());
            Process made = tool.redirectErrorStream(true).start();
            String said = new String(made.getInputStream().readAllBytes(), US_ASCII);
            if (made.waitFor() != 0) {
                throw new IllegalStateException(said);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
            return new TestCertificate(store);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes it to that file. */
    public Path certificateTo(Path file) {
        return write(file, "CERTIFICATE", certificate());
    }

    /** Writes its key to that file. */
    public Path keyTo(Path file) {
        try {
            Key key = store.getKey("it", PASSWORD);
            return write(file, "PRIVATE KEY", key.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public byte[] certificate() {
        try {
            return store.getCertificate("it").getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** TLS for who trusts {@code other} alone, and shows this one if asked. */
    public SSLContext trusting(TestCertificate other) {
        try {
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(store, PASSWORD);
            return context(own, other);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** TLS for who trusts this one alone and has none to show. */
    public SSLContext trustingThis() {
        return context(null, this);
    }

    private static SSLContext context(KeyManagerFactory own, TestCertificate other) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, PASSWORD);
            Certificate certificate = other.store.getCertificate("it");
            trusted.setCertificateEntry("other", certificate);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own == null ? null : own.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path write(Path file, String kind, byte[] encoded) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        try {
            return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
