package dev.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.AdminConfig;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.SluiceConfig;
import dev.sluice.net.Credentials;
import dev.sluice.net.TestCertificate;
import dev.sluice.telemetry.Telemetry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The admin port with a certificate: who is spoken to, who is not, and what it shows when its files have changed. */
final class AdminTlsTest {

    @TempDir
    private Path folder;

    @Test
    void whoShowsACertificateOfOursIsAnsweredAndChangedFilesCount() throws Exception {
        TestCertificate own = TestCertificate.make(folder, "EC");
        TestCertificate watcher = TestCertificate.make(folder, "EC");
        Path certificate = own.certificateTo(folder.resolve("own.pem"));
        Path key = own.keyTo(folder.resolve("own.key"));
        SluiceConfig config = ConfigReader.read(
                        "",
                        Map.of(
                                "admin.listen",
                                "127.0.0.1:0",
                                "admin.tls.certificateFile",
                                certificate.toString(),
                                "admin.tls.keyFile",
                                key.toString(),
                                "admin.tls.authoritiesFile",
                                watcher.certificateTo(folder.resolve("watcher.pem"))
                                        .toString()))
                .config();
        Credentials credentials = Credentials.of(config);
        try (AdminServer server = start(config.admin(), credentials)) {
            assertThat(health(server, watcher.trusting(own))).isEqualTo(200);
            assertThatThrownBy(() -> health(server, own.trustingThis())).isInstanceOf(IOException.class);
            URI inTheClear = URI.create("http://" + server.address() + "/health");
            assertThatThrownBy(() -> HttpClient.newHttpClient()
                            .send(HttpRequest.newBuilder(inTheClear).build(), HttpResponse.BodyHandlers.discarding()))
                    .isInstanceOf(IOException.class);

            watcher.certificateTo(certificate);
            watcher.keyTo(key);
            List<String> told = new ArrayList<>();
            credentials.renew(told::add, failure -> told.add(failure.getMessage()));
            assertThat(told).containsExactly("admin.tls");
            assertThat(health(server, watcher.trusting(watcher))).isEqualTo(200);
        }
    }

    private static AdminServer start(AdminConfig config, Credentials credentials) throws IOException {
        Telemetry telemetry = new Telemetry(SluiceConfig.DEFAULT, "test");
        return AdminServer.start(config, new FakeSource(), telemetry, credentials.admin());
    }

    private static int health(AdminServer server, SSLContext tls) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(tls)
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create("https://" + server.address() + "/health"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
