package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigReader;
import dev.sluice.net.TestCertificate;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that ask an admin port with TLS, which asks who they are. */
@Timeout(60)
final class AdminAccessTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void whoShowsACertificateOfOursSeesAndDrains() throws Exception {
        TestCertificate own = TestCertificate.make(folder, "EC");
        TestCertificate watcher = TestCertificate.make(folder, "EC");
        String ownPem = own.certificateTo(folder.resolve("own.pem")).toString();
        String watcherPem = watcher.certificateTo(folder.resolve("watcher.pem")).toString();
        String watcherKey = watcher.keyTo(folder.resolve("watcher.key")).toString();
        String token = Files.writeString(folder.resolve("token"), "a-token-of-24-characters")
                .toString();
        Map<String, Object> settings = Map.of(
                "upstream.url",
                "http://127.0.0.1:1",
                "listen",
                "127.0.0.1:0",
                "admin.listen",
                "127.0.0.1:0",
                "admin.tokenFile",
                token,
                "admin.tls.certificateFile",
                ownPem,
                "admin.tls.keyFile",
                own.keyTo(folder.resolve("own.key")).toString(),
                "admin.tls.authoritiesFile",
                watcherPem);
        try (Sidecar sluice = Sidecar.start(ConfigReader.read("", settings).config())) {
            String url = "https://" + sluice.adminAddress();

            assertThat(run("top", url, "--once")).isEqualTo(1);
            assertThat(err.toString()).contains(url + " cannot be trusted").contains("--authorities");
            assertThat(run("top", url, "--once", "--authorities", ownPem)).isEqualTo(1);

            String[] access = {"--authorities", ownPem, "--certificate", watcherPem, "--key", watcherKey};
            assertThat(run(
                            "top",
                            Stream.concat(Stream.of(url, "--once"), Stream.of(access))
                                    .toArray(String[]::new)))
                    .isZero();
            assertThat(out.toString()).contains("pressure");
            assertThat(run(
                            "drain",
                            Stream.concat(Stream.of(url, "--token-file", token), Stream.of(access))
                                    .toArray(String[]::new)))
                    .isZero();
            assertThat(out.toString()).contains("drained");
        }
    }

    private int run(String command, String... words) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(Stream.concat(Stream.of(command), Stream.of(words)).toArray(String[]::new));
    }
}
