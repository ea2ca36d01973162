package dev.sluice.config;

/**
 * The admin port.
 *
 * @param listen HOST:PORT
 */
public record AdminConfig(String listen) {

    public static final AdminConfig DEFAULT = new AdminConfig("127.0.0.1:9090");
}
