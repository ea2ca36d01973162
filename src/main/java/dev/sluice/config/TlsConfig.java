package dev.sluice.config;

/**
 * TLS on one side, as files in PEM. They are read again when they change.
 *
 * @param certificateFile what the other side is shown: a certificate, and those that lead from it to its authority; empty for
 *     none
 * @param keyFile its private key, PKCS #8, not encrypted; empty for none
 * @param authoritiesFile certificates one of which must have signed the other side's
 */
public record TlsConfig(String certificateFile, String keyFile, String authoritiesFile) {

    /** Nothing shown; of clients nothing asked, of engines what the JDK trusts. */
    public static final TlsConfig DEFAULT = new TlsConfig("", "", "");

    /** Whether there is something to show. */
    public boolean hasCertificate() {
        return !certificateFile.isEmpty();
    }
}
