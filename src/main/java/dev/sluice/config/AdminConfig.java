package dev.sluice.config;

/**
 * The admin port.
 *
 * @param listen HOST:PORT
 * @param tokenFile a file with the token that changes need; empty for none: then nothing can be changed by this port
 * @param tls without a certificate it speaks in the clear
 */
public record AdminConfig(String listen, String tokenFile, TlsConfig tls) {

    public static final AdminConfig DEFAULT = new AdminConfig("127.0.0.1:9090", "");

    /** In the clear. */
    public AdminConfig(String listen, String tokenFile) {
        this(listen, tokenFile, TlsConfig.DEFAULT);
    }
}
