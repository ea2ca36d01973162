package dev.sluice.app;

import dev.sluice.config.TlsConfig;
import dev.sluice.net.Tls;
import java.io.IOException;
import java.net.URI;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options by which commands reach an admin port with TLS. */
final class AdminAccess {

    @Option(
            names = "--authorities",
            paramLabel = "FILE",
            defaultValue = "",
            description =
                    "Of an https URL: who may have signed its certificate, in PEM; otherwise whom the JDK trusts.")
    private String authorities = "";

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            defaultValue = "",
            description = "What to show an admin port that asks for a certificate, in PEM.")
    private String certificate = "";

    @Option(names = "--key", paramLabel = "FILE", defaultValue = "", description = "Its key, in PEM (PKCS #8).")
    private String key = "";

    /**
     * The port at {@code url}.
     *
     * @param command to whom a wrong URL is wrong usage
     * @throws IOException if a file cannot be used
     */
    AdminPort open(URI url, CommandSpec command) throws IOException {
        try {
            return new AdminPort(url, Tls.toAdmin(new TlsConfig(certificate, key, authorities)));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }
}
