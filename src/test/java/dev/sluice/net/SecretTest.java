package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.ConfigReader;
import dev.sluice.config.Problem;
import dev.sluice.config.SluiceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others are shown lies elsewhere than in the configuration, and can be replaced. */
final class SecretTest {

    @TempDir
    Path folder;

    @Test
    void whatTheCollectorIsShownFollowsItsFile() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "Bearer old\n");
        SluiceConfig config = ConfigReader.read("", Map.of("tracing.headers", Map.of("Authorization", "file:" + file)))
                .config();
        Credentials credentials = Credentials.of(config);
        assertThat(credentials.collectorFields()).isEqualTo(Map.of("Authorization", "Bearer old"));

        List<String> changed = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        Files.writeString(file, "Bearer new");
        credentials.renew(changed::add, failure -> failed.add(failure.getMessage()));
        assertThat(credentials.collectorFields()).isEqualTo(Map.of("Authorization", "Bearer new"));
        assertThat(changed).containsExactly("tracing.headers.Authorization");

        Files.delete(file);
        credentials.renew(changed::add, failure -> failed.add(failure.getMessage()));
        assertThat(credentials.collectorFields()).isEqualTo(Map.of("Authorization", "Bearer new"));
        assertThat(failed)
                .containsExactly(
                        "tracing.headers.Authorization: file:" + file + " (expected: a file that can be read)");
    }

    @Test
    void theEnvironmentTellsItAndWhatCannotBeSentIsRefusedWithoutAWordOfIt() throws IOException {
        Map<String, String> environment = Map.of("TOKEN", " a b ", "ODD", "a\r\nb: c");
        assertThat(new Secret("s", "env:TOKEN", environment, true).text()).isEqualTo("a b");
        assertThatThrownBy(() -> new Secret("s", "env:TOKEN", environment, false))
                .isInstanceOf(IOException.class)
                .hasMessage("s: env:TOKEN (expected: one to 4096 printable ASCII characters without spaces there)");
        for (String source : List.of("env:ODD", "env:MISSING")) {
            assertThatThrownBy(() -> new Secret("s", source, environment, true))
                    .isInstanceOf(IOException.class)
                    .hasMessage("s: " + source + " (expected: one to 4096 printable ASCII characters there)");
        }
    }

    @Test
    void aValueInTheConfigurationItselfIsAProblem() {
        assertThat(ConfigReader.read("tracing: {headers: {Authorization: Bearer secret}}")
                        .problems())
                .extracting(Problem::key)
                .containsExactly("tracing.headers.Authorization");
        assertThat(ConfigReader.read("tracing: {headers: {Host: 'file:a', 'a b': 'file:a', X-Scope: 'file:a'}}")
                        .problems())
                .extracting(Problem::toString)
                .containsExactlyInAnyOrder(
                        "tracing.headers: Host (expected: a field's name, as Authorization)",
                        "tracing.headers: a b (expected: a field's name, as Authorization)");
    }
}
