package dev.sluice.net;

import dev.sluice.config.TlsConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the files of a {@link TlsConfig} hold at one moment; empty where no file is named. Errors name setting and file, never what
 * is in it. Immutable.
 */
record Pem(String prefix, TlsConfig files, String certificate, String key, String authorities) {

    private static final int MOST_BYTES = 1 << 20;

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** Kinds of keys, and how each signs. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "Ed25519", "Ed25519");

    static Pem read(String prefix, TlsConfig files) throws IOException {
        return new Pem(
                prefix,
                files,
                read(prefix + "certificateFile", files.certificateFile()),
                read(prefix + "keyFile", files.keyFile()),
                read(prefix + "authoritiesFile", files.authoritiesFile()));
    }

    private static String read(String setting, String file) throws IOException {
        if (file.isEmpty()) {
            return "";
        }
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw problem(setting, file, "a file that can be read", e);
        }
    }

    X509Certificate[] chain() throws IOException {
        return certificates("certificateFile", files.certificateFile(), certificate);
    }

    X509Certificate[] trusted() throws IOException {
        return certificates("authoritiesFile", files.authoritiesFile(), authorities);
    }

    private X509Certificate[] certificates(String setting, String file, String pem) throws IOException {
        try {
            X509Certificate[] all = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)))
                    .toArray(X509Certificate[]::new);
            if (all.length > 0) {
                return all;
            }
        } catch (GeneralSecurityException | ArrayStoreException e) {
            throw problem(prefix + setting, file, "certificates in PEM", e);
        }
        throw problem(prefix + setting, file, "certificates in PEM", null);
    }

    /** The key of {@code certificate}: while files are replaced one after the other they may not belong together. */
    PrivateKey keyOf(X509Certificate certificate) throws IOException {
        Matcher block = KEY.matcher(key);
        if (block.find()) {
            byte[] encoded = Base64.getMimeDecoder().decode(block.group(1));
            for (Map.Entry<String, String> kind : SIGNATURES.entrySet()) {
                try {
                    PrivateKey found =
                            KeyFactory.getInstance(kind.getKey()).generatePrivate(new PKCS8EncodedKeySpec(encoded));
                    if (belongTogether(found, certificate, kind.getValue())) {
                        return found;
                    }
                } catch (GeneralSecurityException e) {
                    // Of another kind.
                }
            }
        }
        throw problem(
                prefix + "keyFile",
                files.keyFile(),
                "the key of the first certificate of certificateFile, PKCS #8 in PEM (BEGIN PRIVATE KEY)",
                null);
    }

    private static boolean belongTogether(PrivateKey key, X509Certificate certificate, String algorithm)
            throws GeneralSecurityException {
        byte[] word = {1, 2, 3};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(word);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(word);
        return signature.verify(signed);
    }

    private static IOException problem(String setting, String file, String expected, @Nullable Exception cause) {
        return new IOException(setting + ": " + file + " (expected: " + expected + ")", cause);
    }

    /** Keys are not for logs. */
    @Override
    public String toString() {
        return "Pem of " + files;
    }
}
