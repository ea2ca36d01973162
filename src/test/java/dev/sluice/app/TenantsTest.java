package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.net.TestCertificate;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a file of keys everybody needs one, belongs to its tenant, and is refused when that has used up its tokens. */
final class TenantsTest {

    private static final String BODY = "{\"model\":\"emulated-tiny\",\"max_tokens\":8,\"ignore_eos\":true,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}";

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void keysTellTenantsAndBudgetsEnd() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), line("batch", "k-1"));
        Map<String, Object> settings =
                Map.of("tenants.keysFile", keys.toString(), "tenants.tokenBudgets", Map.of("batch", 5));
        try (RunningSluice sluice = new RunningSluice(20, settings)) {
            HttpResponse<String> unknown = ask(sluice.base(), "k-2");
            assertThat(unknown.statusCode()).isEqualTo(401);
            assertThat(unknown.body()).contains("\"code\":\"unauthorized\"");
            assertThat(unknown.headers().firstValue("sluice-reason")).contains("unauthorized");
            assertThat(unknown.headers().firstValue("www-authenticate")).contains("Bearer realm=\"sluice\"");
            HttpResponse<String> models = client.send(
                    HttpRequest.newBuilder(sluice.base().resolve("/v1/models")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(models.statusCode()).isEqualTo(401);
            HttpResponse<String> health = client.send(
                    HttpRequest.newBuilder(sluice.base().resolve("/health")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(health.statusCode()).isEqualTo(200);

            assertThat(ask(sluice.base(), "k-1").statusCode()).isEqualTo(200);
            sluice.awaitRest();
            HttpResponse<String> spent = ask(sluice.base(), "k-1");
            assertThat(spent.statusCode()).isEqualTo(429);
            assertThat(spent.headers().firstValue("sluice-reason")).contains("budget_spent");
            assertThat(spent.headers().firstValueAsLong("retry-after")).hasValue(60);
            String metrics = client.send(
                            HttpRequest.newBuilder(URI.create(sluice.admin() + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(metrics)
                    .contains("sluice_tenant_steps_total{outcome=\"completed\",tenant=\"batch\",} 1.0")
                    .contains("sluice_tenant_steps_total{outcome=\"refused\",tenant=\"batch\",} 1.0")
                    .contains("sluice_steps_total{ending=\"budget_spent\",} 1.0")
                    .contains("sluice_requests_total{route=\"chat_completions\",status_class=\"2xx\",} 1.0")
                    .contains("sluice_requests_total{route=\"chat_completions\",status_class=\"4xx\",} 2.0")
                    .contains("sluice_requests_total{route=\"pass_through\",status_class=\"4xx\",} 1.0")
                    .doesNotContain("sluice_client_connections 0.0", "sluice_client_connections_limit 0.0");
        }
    }

    @Test
    void keysAreReadAgainAlsoWithoutAConfigurationFile() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), line("batch", "k-1"));
        Map<String, Object> settings = Map.of("tenants.keysFile", keys.toString());
        try (RunningSluice sluice = new RunningSluice(20, settings)) {
            Map<String, Object> given = new HashMap<>(settings);
            given.put("upstream.url", sluice.engine().uri().toString());
            ConfigSource source = new ConfigSource(null, given);
            RunCommand.reloadFrom(source, source.read().config(), sluice.sidecar());
            assertThat(ask(sluice.base(), "k-2").statusCode()).isEqualTo(401);

            Files.writeString(keys, line("batch", "k-2"));
            assertThat(sluice.sidecar().reload().join().isValid()).isTrue();

            assertThat(ask(sluice.base(), "k-2").statusCode()).isEqualTo(200);
            assertThat(ask(sluice.base(), "k-1").statusCode()).isEqualTo(401);
        }
    }

    private static String line(String tenant, String key) throws NoSuchAlgorithmException {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        return tenant + " " + HexFormat.of().formatHex(hash) + "\n";
    }

    @Test
    void theNameInAClientsCertificateIsItsTenantWhateverItsFieldsSay() throws Exception {
        TestCertificate own = TestCertificate.make(folder, "EC");
        TestCertificate batch = TestCertificate.make(folder, "EC", "batch");
        Map<String, Object> settings = Map.of(
                "tls.certificateFile",
                        own.certificateTo(folder.resolve("own.pem")).toString(),
                "tls.keyFile", own.keyTo(folder.resolve("own.key")).toString(),
                "tls.authoritiesFile",
                        batch.certificateTo(folder.resolve("clients.pem")).toString(),
                "identity.trustTenantHeader", true,
                "tenants.fromCertificate", true);
        try (RunningSluice sluice = new RunningSluice(20, settings)) {
            URI base = URI.create(sluice.base().toString().replace("http:", "https:"));
            HttpRequest step = HttpRequest.newBuilder(base.resolve("/v1/chat/completions"))
                    .header("sluice-tenant", "support")
                    .POST(HttpRequest.BodyPublishers.ofString(BODY))
                    .build();
            HttpClient shown =
                    HttpClient.newBuilder().sslContext(batch.trusting(own)).build();
            assertThat(shown.send(step, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
            sluice.awaitRest();
            String metrics = client.send(
                            HttpRequest.newBuilder(URI.create(sluice.admin() + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(metrics)
                    .contains("sluice_tenant_steps_total{outcome=\"completed\",tenant=\"batch\",} 1.0")
                    .doesNotContain("support");
        }
    }

    private HttpResponse<String> ask(URI base, String key) throws Exception {
        return client.send(
                HttpRequest.newBuilder(base.resolve("/v1/chat/completions"))
                        .header("authorization", "Bearer " + key)
                        .header("x-session-id", "s")
                        .POST(HttpRequest.BodyPublishers.ofString(BODY))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
